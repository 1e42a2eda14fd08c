"""The staff pages that record payments, refunds and rebates on an account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from djmoney.money import Money
from wagtail.admin.utils import get_valid_next_url_from_request

from ...base.admin.views import ShownEmail, StaffActionView, StaffView
from ...base.money import format_money
from ...mail.admin.views import MailingActionView
from .. import actions, deposits, queries
from ..models import Account, RebateDue, RefundDue
from ..payment_checks import PaymentInDoubt
from .forms import PaidOnForm, PayerForm, PaymentForm, RebateProgramForm, RefundForm, WithdrawForm

ACCOUNTS = "cop_accounts_modeladmin_index"
REBATES = "cop_rebates_modeladmin_index"


class AccountPage(StaffView):
    """What the pages of one account share."""

    permissions = [(Account, "bill")]
    header_icon = "user"
    account: Account

    def load(self) -> None:
        accounts = Account.objects.select_related("program__page")
        self.account = get_object_or_404(accounts, pk=self.kwargs["pk"])

    def account_url(self) -> str:
        """Return the URL of the account."""
        return reverse("cop_billing:account", args=[self.account.pk])


class AccountActionView(AccountPage, MailingActionView):
    """A form about one account."""

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(reverse(ACCOUNTS), _("Accounts")), (self.account_url(), self.account.payer_name)]

    def get_success_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or self.account_url()


class PayerView(AccountActionView):
    """Correct the billing name and address."""

    page_title = gettext_lazy("Correct billing name and address")
    submit_label = gettext_lazy("Save billing name and address")
    done_message = gettext_lazy("Billing name and address saved.")
    form_class = PayerForm
    shows_emails = False

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.account, name) for name in PayerForm.base_fields}

    def effects(self) -> Sequence[str]:
        return [_("Used on documents that are issued from now on. Issued documents stay as they are.")]

    def perform(self, values: dict[str, Any]) -> None:
        actions.correct_payer(account=self.account, by=self.request.user, **values)


class PaymentView(AccountActionView):
    """Record a payment: part of the amount due, all of it, or more."""

    page_title = gettext_lazy("Record a payment")
    submit_label = gettext_lazy("Record payment")
    form: PaymentForm
    is_trial = False

    def make_form(self, data: Any = None) -> forms.Form:
        deposit = deposits.unpaid(self.account)
        asked = (deposit.left if deposit else queries.balance(self.account)).amount
        today = queries.today(self.account.program)
        initial = {"amount": asked if asked > 0 else None, "received_on": today}
        self.form = PaymentForm(data, account=self.account, initial=initial)
        return self.form

    def effects(self) -> Sequence[str]:
        balance, deposit = queries.balance(self.account), deposits.unpaid(self.account)
        facts = {
            "name": self.account.payer_name,
            "owed": format_money(balance),
            "email": self.account.payer_email,
        }
        effects = [_("Emails a receipt to %(email)s.") % facts]
        if deposit:
            effects.insert(0, deposit.effect)
        if balance.amount > 0:
            return [_("Amount due from %(name)s: %(owed)s.") % facts, *effects]
        if deposit:
            return effects
        return [_("Nothing is due from %(name)s, so any payment is too much.") % facts, *effects]

    def perform(self, values: dict[str, Any]) -> str:
        try:
            actions.record_payment(
                account=self.account,
                amount=self.form.money,
                received_on=values["received_on"],
                by=self.request.user,
                method=values["method"],
                note=values["note"],
                idempotency_key=f"staff:{values['key']}",
                accepted=None if self.is_trial else self.form.accepted,
            )
        except PaymentInDoubt as doubtful:
            self.form.ask(doubtful.doubts)
            raise
        if deposit := deposits.unpaid(self.account):
            return " ".join([_("Payment recorded."), deposit.effect])
        balance = queries.balance(self.account)
        if balance.amount > 0:
            return _("Payment recorded. Amount due: %(owed)s.") % {"owed": format_money(balance)}
        if balance.amount < 0:
            return _("Payment recorded. Overpaid: %(credit)s. List a refund for it.") % {
                "credit": format_money(-balance)
            }
        return _("Payment recorded. Nothing more is due.")

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        self.is_trial = True
        try:
            return super().emails(values)
        finally:
            self.is_trial = False

    def show(self, form: forms.Form, *, values: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        if values is None and form.is_bound:
            values = self.values_of(form)
        return super().show(form, values=values, status=status)


class ListRefundView(AccountActionView):
    """List a refund."""

    page_title = gettext_lazy("List refund")
    submit_label = gettext_lazy("List refund")
    form: RefundForm
    shows_emails = False

    def make_form(self, data: Any = None) -> forms.Form:
        left = (queries.credit(self.account) - queries.listed(self.account)).amount
        initial = {"amount": left if left > 0 else None, "reason": _("Overpaid")}
        self.form = RefundForm(data, account=self.account, initial=initial)
        return self.form

    def effects(self) -> Sequence[str]:
        left = queries.credit(self.account) - queries.listed(self.account)
        return [
            _("You can list up to %(amount)s, which is in credit and not listed yet.")
            % {"amount": format_money(max(left, Money(0, self.account.currency)))},
            _("Adds the amount to the refunds due. No money is sent and no email goes out yet."),
        ]

    def perform(self, values: dict[str, Any]) -> str:
        actions.list_refund(
            account=self.account,
            amount=self.form.money,
            reason=values["reason"],
            by=self.request.user,
        )
        return _("Refund listed.")


class PaidOutView(MailingActionView):
    """Record that a refund or rebate was paid."""

    permissions = [(Account, "bill")]
    form_class = PaidOnForm
    header_icon = "redirect"
    due: Any
    submit_label = gettext_lazy("Record as paid")

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": queries.today(self.due.account.program)}

    def effects(self) -> Sequence[str]:
        account = self.due.account
        return [
            _("Records that %(amount)s was paid to %(name)s.")
            % {"amount": format_money(self.due.amount), "name": account.payer_name},
            _("Emails %(email)s.") % {"email": account.payer_email},
        ]


class RefundPage(StaffView):
    """What the pages of one refund share."""

    permissions = [(Account, "bill")]
    header_icon = "redirect"
    due: Any

    def load(self) -> None:
        rows = RefundDue.objects.select_related("account__program__page")
        self.due = get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_success_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse("cop_refunds_modeladmin_index")

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(reverse("cop_refunds_modeladmin_index"), _("Refunds due"))]


class RefundView(RefundPage, PaidOutView):
    """Record a refund as paid."""

    page_title = gettext_lazy("Record a refund as paid")
    done_message = gettext_lazy("Refund recorded as paid.")

    def perform(self, values: dict[str, Any]) -> None:
        actions.record_refund(
            refund=self.due, paid_on=values["paid_on"], by=self.request.user, message=values["message"]
        )


class WithdrawRefundView(RefundPage, StaffActionView):
    """Remove a refund from the list."""

    page_title = gettext_lazy("Remove refund from list")
    submit_label = gettext_lazy("Remove from list")
    done_message = gettext_lazy("Refund removed from the list.")
    form_class = WithdrawForm
    is_destructive = True

    def effects(self) -> Sequence[str]:
        account, credit = self.due.account, queries.credit(self.due.account)
        facts = {
            "amount": format_money(self.due.amount),
            "name": account.payer_name,
            "credit": format_money(credit),
        }
        return [
            _("%(amount)s will not be refunded to %(name)s. The history shows that the refund was removed.") % facts,
            _("This account is %(credit)s in credit.") % facts,
            _("No email is sent."),
        ]

    def perform(self, values: dict[str, Any]) -> None:
        actions.withdraw_refund(refund=self.due, by=self.request.user, reason=values["reason"])


class RebateView(PaidOutView):
    """Record a rebate as paid."""

    page_title = gettext_lazy("Record a rebate as paid")
    done_message = gettext_lazy("Rebate recorded as paid.")

    def load(self) -> None:
        rows = RebateDue.objects.select_related("account__program__page")
        self.due = get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_success_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse(REBATES)

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(reverse(REBATES), _("Rebates due"))]

    def perform(self, values: dict[str, Any]) -> None:
        actions.record_rebate_paid(
            rebate=self.due, paid_on=values["paid_on"], by=self.request.user, message=values["message"]
        )


class ListRebatesView(StaffActionView):
    """List the rebates that are due in a program now."""

    permissions = [(Account, "bill")]
    form_class = RebateProgramForm
    page_title = gettext_lazy("List rebates due")
    header_icon = "tag"
    submit_label = gettext_lazy("List rebates")

    def get_initial(self) -> dict[str, Any]:
        return {"program": self.request.GET.get("program")}

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(reverse(REBATES), _("Rebates due"))]

    def get_success_url(self) -> str:
        return reverse(REBATES)

    def effects(self) -> Sequence[str]:
        return [
            _(
                "Finds members of a program that has started who have paid the full fee and live in a country with a "
                "rebate, and lists each of them once with the amount. No money is sent and no email goes out yet."
            )
        ]

    def perform(self, values: dict[str, Any]) -> str:
        listed = actions.list_rebates(program=values["program"], by=self.request.user)
        if not listed:
            return _("No more rebates are due in this program now.")
        return ngettext("%(n)d rebate listed.", "%(n)d rebates listed.", len(listed)) % {"n": len(listed)}
