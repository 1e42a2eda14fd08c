"""The staff forms about a registration."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from cop_program.clock import now

from ...base.admin.forms import day_input, message_field, reason_field

FOLLOW, REFUND, KEEP = "", "refund", "keep"


def last_day_field(**options: Any) -> forms.DateField:
    """Return the field for the last day of a hold; a day without a valid instant is refused with a message."""
    return forms.DateField(
        **{
            "label": _("Last day of the hold"),
            "help_text": _("The place is held until the end of this day in the program's home time zone."),
        }
        | options,
        widget=day_input(),
        validators=[MaxValueValidator(latest_end, message=_("Choose a day within the next two years."))],
    )


def latest_end() -> date:
    """Return the latest day until which a place can be held."""
    return (now() + timedelta(days=730)).date()


def offer_day_field() -> forms.DateField:
    """Return the field for the last day of the holds that an action offers to the queue."""
    return last_day_field(
        label=_("Hold the place for the next in the queue until the end of"),
        required=False,
        help_text=_("If empty: for the usual working days. Only used if someone is in the queue."),
    )


class CancelForm(forms.Form):
    """Cancel a registration. The deadline decides about the deposit, unless staff choose otherwise."""

    refund = forms.ChoiceField(
        label=_("The deposit"),
        choices=[
            (FOLLOW, _("Follow the cancellation deadline")),
            (REFUND, _("List for refund")),
            (KEEP, _("Keep as a cancellation fee")),
        ],
        required=False,
        widget=forms.RadioSelect,
        initial=FOLLOW,
    )
    reason = reason_field(
        max_length=500, help_text=_("Required if your choice differs from the cancellation deadline.")
    )
    message = message_field()
    offer_last_day = offer_day_field()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("refund") and not values.get("reason", "").strip():
            self.add_error("reason", _("Enter the reason why your choice differs from the cancellation deadline."))
        return values

    @property
    def choice(self) -> bool | None:
        """Return True to refund, False to keep, None to follow the deadline."""
        return {REFUND: True, KEEP: False}.get(self.cleaned_data["refund"])


class HoldForm(forms.Form):
    """The last day of a hold."""

    last_day = last_day_field()
    message = message_field()


class ReversePaymentForm(forms.Form):
    """Reverse a payment. The day is asked only if the person holds a place, or will hold one."""

    last_day = last_day_field(label=_("Hold the place until the end of"))
    reason = reason_field(max_length=300, required=True)
    message = message_field()

    def __init__(self, *args: Any, asks_day: bool, needs_day: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_day:
            del self.fields["last_day"]
        elif not needs_day:
            self.fields["last_day"].required = False
            self.fields["last_day"].help_text = _("Leave empty to keep the current end of the hold.")
