"""The staff forms about a registration."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _
from djmoney.money import Money

from cop_program.amounts import AmountField
from cop_program.clock import now

from ...base.admin.forms import day_input, message_field, reason_field
from ...base.money import format_money
from ..refunds import Settlement


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
    """Cancel a registration. The policy decides what is given back, unless staff enter another amount."""

    amount = AmountField(label=_("Refund"), min_value=0, required=False)
    reason = reason_field(max_length=500, help_text=_("Required if you change the refund."))
    message = message_field()
    offer_last_day = offer_day_field()

    def __init__(self, *args: Any, settlement: Settlement | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settlement = settlement
        if settlement is None or settlement.held.amount <= 0:
            del self.fields["amount"]
            return
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency = str(settlement.held.currency)
        field.initial = settlement.refund.amount
        field.help_text = _("In %(currency)s, at most %(held)s.") % {
            "currency": field.currency,
            "held": format_money(settlement.held),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.settlement is None or values.get("amount") is None:
            return values
        if values["amount"] > self.settlement.held.amount:
            held = format_money(self.settlement.held)
            self.add_error("amount", _("Enter %(held)s or less, which is what was paid.") % {"held": held})
        elif values["amount"] != self.settlement.refund.amount and not values.get("reason", "").strip():
            self.add_error("reason", _("Enter the reason why the refund is not what the policy says."))
        return values

    @property
    def refund(self) -> Money | None:
        """Return what is given back; None if nothing was paid."""
        amount = self.cleaned_data.get("amount")
        return None if self.settlement is None or amount is None else Money(amount, self.settlement.held.currency)


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
