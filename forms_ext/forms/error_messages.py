"""Error messages of forms. Each says how to fix the answer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cop_program.email_addresses import INCOMPLETE

from ..base.fields import UNREADABLE

REQUIRED = _("Answer this question.")
REQUIRED_OF_TYPES = {
    "choice": _("Choose an option."),
    "choices": _("Choose at least one option."),
    "checkbox": _("Select this box."),
    "country": _("Choose a country."),
    "time_zone": _("Choose a time zone."),
    "date": _("Enter a date."),
    "number": _("Enter a number."),
    "email": _("Enter an email address, such as name@example.org."),
    "phone": _("Enter a phone number with its country code."),
    "link": _("Enter a link."),
    "file": _("Choose a file."),
    "consent": _("Select this box to continue."),
}
REQUIRED_OF_ROLES = {
    "name": _("Enter your name."),
    "email": _("Enter your email address."),
    "organization": _("Enter the name of your organization."),
    "billing_name": _("Enter the name for the invoice."),
    "billing_address": _("Enter the address for the invoice."),
}

PHONE = _("Enter the number with its country code, such as +1 574 555 0123.")
TOO_LONG = _("Use %(limit_value)d characters or fewer. You have used %(show_value)d.")
CHOOSE_ONE = _("Choose one of the options.")
INVALID_OF_TYPES: dict[str, dict[str, Any]] = {
    "email": {"invalid": INCOMPLETE},
    "number": {
        "invalid": _("Enter a number, such as 12 or 12.5."),
        "max_digits": _("Enter at most %(max)s digits."),
        "max_decimal_places": _("Enter at most %(max)s decimal places."),
        "max_whole_digits": _("Enter at most %(max)s digits before the decimal point."),
    },
    "date": {"invalid": _("Enter a real date as year-month-day, such as 2024-01-31.")},
    "choice": {"invalid_choice": CHOOSE_ONE},
    "choices": {"invalid_choice": _("Choose only from the options."), "invalid_list": CHOOSE_ONE},
    "country": {"invalid_choice": _("Choose a country from the list.")},
    "time_zone": {"invalid_choice": _("Choose a time zone from the list.")},
    "link": {"invalid": _("Enter a complete link, such as https://example.org.")},
}


def plain(number: Any) -> Decimal:
    """Return `number` as people write it: 10, not 10.0 or 1E+1."""
    exact = Decimal(str(number))
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def of_range(low: Any, high: Any) -> dict[str, Any]:
    """Return what is said about a number outside of `low` to `high`; either may be None."""
    if low is not None and high is not None:
        between = format_lazy(_("Enter a number from {low} to {high}."), low=plain(low), high=plain(high))
        return {"min_value": between, "max_value": between}
    return {
        "min_value": _("Enter %(limit_value)s or more."),
        "max_value": _("Enter %(limit_value)s or less."),
    }


def required_message(question: Mapping[str, Any]) -> Any:
    """Return the message for a missing answer: by its role, otherwise by its type."""
    by_type = REQUIRED_OF_TYPES.get(question.get("type", ""), REQUIRED)
    return REQUIRED_OF_ROLES.get(question.get("role", ""), by_type)


def of_question(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sentences for `question`, by the codes of Django's errors."""
    kind = question.get("type", "")
    found = {"required": required_message(question), "max_length": TOO_LONG, "null_characters_not_allowed": UNREADABLE}
    if kind == "number":
        found |= of_range(question.get("minimum"), question.get("maximum"))
    return found | INVALID_OF_TYPES.get(kind, {})
