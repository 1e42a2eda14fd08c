"""The staff forms about payments, refunds and rebates."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from djmoney.money import Money

from cop_program.amounts import AmountField
from cop_program.models import Program

from ...base.admin.forms import day_input, message_field, new_key, reason_field
from ...base.fields import TextField
from ..actions import LIMIT
from ..models import Account, Payment
from ..payment_checks import Doubt


class AmountForm(forms.Form):
    """An amount in the currency of an account."""

    amount = AmountField(
        label=_("Amount"),
        min_value=0,
        max_value=LIMIT - Decimal("0.001"),
        error_messages={"max_value": format_lazy(_("Enter an amount below {limit}."), limit=f"{LIMIT:,}")},
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency = account.currency
        field.help_text = _("In %(currency)s, the currency of the account.") % {"currency": account.currency}

    @property
    def money(self) -> Money:
        """Return the amount with its currency."""
        return Money(self.cleaned_data["amount"], self.account.currency)


class PayerForm(forms.Form):
    """Who the documents of an account are issued to."""

    payer_name = forms.CharField(label=_("Billing name"), max_length=200)
    payer_address = forms.CharField(
        label=_("Billing address"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )
    payer_country = Account._meta.get_field("payer_country").formfield()


class PaymentForm(AmountForm):
    """A payment received."""

    received_on = forms.DateField(
        label=_("Received on"), widget=day_input(), help_text=_("The day the money arrived, not today's date.")
    )
    method = forms.ChoiceField(label=_("Method"), choices=Payment.Method.choices, initial=Payment.Method.TRANSFER)
    note = TextField(label=_("Note"), max_length=300, required=False, help_text=_("For colleagues only."))
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_key)
    doubts = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("doubts"):
            self._add_box()

    def _add_box(self) -> None:
        self.fields["sure"] = forms.BooleanField(label=_("Record payment anyway"), required=False)

    @property
    def accepted(self) -> list[str]:
        """Return the keys of the questions that were confirmed."""
        return self.cleaned_data["doubts"].split() if self.cleaned_data.get("sure") else []

    def ask(self, doubts: Sequence[Doubt]) -> None:
        """Ask to confirm `doubts`, each in a sentence, with one checkbox."""
        self._add_box()
        kept = {name: value for name, value in self.data.items() if name != "sure"}
        self.data = kept | {"doubts": " ".join(doubt.key for doubt in doubts)}
        self.add_error("sure", [doubt.text for doubt in doubts])


class PaidOnForm(forms.Form):
    """The day on which a refund or rebate was paid."""

    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())
    message = message_field()


class MessageForm(forms.Form):
    """A message to the payer."""

    message = message_field()


class RefundForm(AmountForm):
    """A refund to list."""

    reason = reason_field(max_length=300, required=True)


class WithdrawForm(forms.Form):
    """The reason why a refund is removed from the list."""

    reason = reason_field(max_length=300, required=True)


class RebateProgramForm(forms.Form):
    """The program whose rebates are listed."""

    program = forms.ModelChoiceField(
        label=_("Program"),
        queryset=Program.objects.select_related("page").order_by("-page__starts_on"),
        empty_label=None,
    )
