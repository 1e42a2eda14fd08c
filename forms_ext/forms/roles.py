"""Roles of questions: the answers that the system needs, and the columns in which packages above store them."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

from . import error_messages

LABELS = {
    "name": _("Name"),
    "email": _("Email"),
    "country": _("Country"),
    "organization": _("Organization"),
    "billing_name": _("Billing name"),
    "billing_address": _("Billing address"),
    "policy_consent": _("Consent to the cancellation policy"),
}

#: What a new form asks for the roles that forms may need; editors change the words.
QUESTIONS = {
    "name": _("Your name"),
    "email": _("Your email address"),
    "country": _("Your country"),
    "billing_name": _("Name for the invoice"),
    "billing_address": _("Address for the invoice"),
    "policy_consent": _("I accept the cancellation policy."),
}
#: What browsers call the answer of a role, so that they can fill it in (the attribute `autocomplete` of HTML).
PURPOSES = {
    "name": "name",
    "email": "email",
    "country": "country",
    "organization": "organization",
    "billing_name": "billing name",
    "billing_address": "billing street-address",
}

_stored: dict[type[Model], dict[str, "Field[object, object]"]] = {}


def store(model: type[Model], **columns: str) -> None:
    """Tell that `model` stores the answer of each role in one of its columns: `billing_name="payer_name"`."""
    _stored[model] = {role: model._meta.get_field(name) for role, name in columns.items()}  # type: ignore[misc]


def columns(model: type[Model]) -> Mapping[str, str]:
    """Return the name of the column in which `model` stores the answer of each role."""
    return {role: field.name for role, field in _stored[model].items()}


def longest(role: str) -> int | None:
    """Return how many characters the answer with `role` may have: as many as the narrowest of its columns."""
    found = [fields[role].max_length for fields in _stored.values() if role in fields]
    return min((limit for limit in found if limit), default=None)


def check(role: str, answer: object) -> None:
    """Raise ValidationError if `answer`, as it is stored, does not fit the columns of `role`."""
    limit, used = longest(role), len(str(answer))
    if limit and used > limit:
        raise ValidationError(
            error_messages.TOO_LONG, code="max_length", params={"limit_value": limit, "show_value": used}
        )
