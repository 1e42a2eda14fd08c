"""What staff fill in about money."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from djmoney.money import Money

from cop_program.models import Program

from ..base.staff_forms import day_input, message_field, new_key, reason_field
from .models import Account, Payment


class AmountForm(forms.Form):
    """An amount in the currency of an account."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=12, decimal_places=3, min_value=0)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["amount"].help_text = _("In %(currency)s, the currency of the account.") % {
            "currency": account.currency
        }

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.cleaned_data["amount"], self.account.currency)


class PaymentForm(AmountForm):
    """Money that came in."""

    received_on = forms.DateField(
        label=_("Received on"), widget=day_input(), help_text=_("The day on which the money came in, not today's.")
    )
    method = forms.ChoiceField(label=_("Method"), choices=Payment.Method.choices, initial=Payment.Method.TRANSFER)
    note = forms.CharField(label=_("Note"), max_length=300, required=False, help_text=_("For colleagues only."))
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_key)


class PaidOnForm(forms.Form):
    """The day on which money was paid out."""

    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())
    message = message_field()


class RefundForm(AmountForm):
    """Money to give back."""

    reason = reason_field(max_length=300, required=True)


class RebateProgramForm(forms.Form):
    """Whose rebates."""

    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = Program.objects.select_related("page").order_by("-page__starts_on")
