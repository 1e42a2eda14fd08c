"""Form fields for what people type, on pages and in the admin: what is stored is tidy, what is required can be seen."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_program.email_addresses import EmailFormField

from .text import tidy

UNREADABLE = _("Remove the characters that cannot be read.")


def valid_unicode(value: str) -> None:
    """Raise ValidationError if `value` cannot be stored as UTF-8 (a lone surrogate)."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValidationError(UNREADABLE) from None


class Tidy:
    """Text as it is stored (`base.text.tidy`)."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(tidy(value) if isinstance(value, str) else value)  # type: ignore[misc]


class TextField(Tidy, forms.CharField):
    """Text. A maximum length is checked by the server only: browsers count differently, and cut silently."""

    default_validators = [valid_unicode]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class EmailField(Tidy, EmailFormField):
    """An email address that we can write to."""


class LinkField(Tidy, forms.URLField):
    """A URL."""
