"""Email addresses: which ones we can write to, and how they are written for mail servers."""

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

INCOMPLETE = _("Enter a complete email address, such as name@example.org.")
LOCAL_PART = _(
    "We cannot send email to an address with “%(sign)s” before the @. Enter another address, with the letters a to z."
)


def for_servers(address: str) -> str:
    """Return `address` as every mail server takes it: an international domain in its ASCII form (IDNA 2008).

    Raise ValidationError, in words for whoever typed it, if no server can be asked to deliver to `address`.
    """
    local, _at, domain = address.strip().rpartition("@")
    if foreign := next((sign for sign in local if not sign.isascii()), ""):
        raise ValidationError(LOCAL_PART, code="local_part", params={"sign": foreign})
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        validate_email(f"{local}@{host}")
    except (idna.IDNAError, ValidationError):
        raise ValidationError(INCOMPLETE, code="invalid") from None
    return f"{local}@{host}"


def validate(address: str) -> None:
    """Raise ValidationError if we cannot write to `address`."""
    for_servers(address)


class EmailFormField(forms.EmailField):
    """An address that we can write to."""

    default_validators = [validate]
