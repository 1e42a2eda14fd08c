"""The staff page of an account, and its documents."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from djmoney.money import Money

from cop_program.formatting import shown_moment

from ...base.admin.views import StaffView
from ...base.money import format_money
from ...ledger import queries as ledger_queries
from ...ledger.admin.forms import MessageForm
from ...ledger.admin.views import AccountActionView, AccountPage
from ...ledger.models import Account, RebateDue
from .. import actions, documents, queries
from ..models import Document, Invoice, Receipt


class AccountView(AccountPage, StaffView):
    """One account: its entries with the balance after each, payments, invoices, the amount due."""

    template_name = "forms_ext/invoices/admin/account.html"

    def get_page_title(self) -> str:
        return self.account.payer_name

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(reverse("cop_accounts_modeladmin_index"), _("Accounts"))]

    def rows(self) -> list[dict[str, Any]]:
        """Return the entries with the balance after each."""
        balance, shown = Money(0, self.account.currency), []
        rows = list(self.account.rows.select_related("recorded_by"))
        reversed_rows = {row.reverses_id for row in rows if row.reverses_id}
        for row in rows:
            balance += row.amount
            shown.append(
                {
                    "row": row,
                    "amount": format_money(row.amount),
                    "balance": format_money(balance),
                    "is_reversed": row.pk in reversed_rows,
                }
            )
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        balance = ledger_queries.balance(self.account)
        credit, listed = ledger_queries.credit(self.account), ledger_queries.listed(self.account)
        invoices = self.account.invoices.select_related("corrects", "credit_note", "file").defer("snapshot")
        return super().get_context_data(**kwargs) | {
            "account": self.account,
            "program_page": self.account.program.page,
            "balance": format_money(abs(balance)),
            "owes": balance.amount > 0,
            "is_overdue": queries.overdue_invoice(self.account) is not None,
            "in_credit": balance.amount < 0,
            "paid": format_money(ledger_queries.paid(self.account)),
            "rows": self.rows(),
            "invoices": [(invoice, format_money(invoice.total)) for invoice in invoices],
            "payments": [
                (payment, format_money(payment.received))
                for payment in self.account.payments.select_related("row", "receipt__file", "reversal__receipt__file")
            ],
            "can_list_refund": credit > listed,
            "refunds": [
                (refund, format_money(refund.amount))
                for refund in ledger_queries.with_cover(self.account.refunds_due.all())
            ],
            "listed_too_much": _("%(listed)s is listed for refund, but only %(credit)s is in credit.")
            % {"listed": format_money(listed), "credit": format_money(credit)}
            if listed > credit
            else "",
            "rebate": ledger_queries.with_dueness(RebateDue.objects.filter(account=self.account)).first(),
            "statements": [
                (statement, format_money(statement.fee.amount))
                for statement in self.account.receipts.filter(fee__isnull=False).select_related(
                    "fee__reversed_by", "file"
                )
                if statement.fee
            ],
        }


class IssueView(AccountActionView):
    """Issue the invoice for the amount due."""

    page_title = gettext_lazy("Issue invoice")
    submit_label = gettext_lazy("Issue and email invoice")

    def effects(self) -> Sequence[str]:
        return [
            _("Issues an invoice for %(owed)s. Once issued, it cannot be changed.")
            % {"owed": format_money(ledger_queries.balance(self.account))},
            _("Emails the PDF to %(email)s.") % {"email": self.account.payer_email},
        ]

    def perform(self, values: dict[str, Any]) -> str:
        invoice = actions.issue_invoice(account=self.account, by=self.request.user)
        if invoice is None:
            return _("Nothing is due, so no invoice was issued.")
        return _("Invoice %(number)s issued.") % {"number": invoice.number}


class RemindView(AccountActionView):
    """Send a reminder of an overdue balance."""

    page_title = gettext_lazy("Send reminder")
    submit_label = gettext_lazy("Send reminder")
    done_message = gettext_lazy("Reminder sent.")
    form_class = MessageForm

    def effects(self) -> Sequence[str]:
        invoice = queries.overdue_invoice(self.account)
        if invoice is None:
            return [_("Nothing is overdue on this account.")]
        facts = {"email": self.account.payer_email, "owed": format_money(ledger_queries.balance(self.account))}
        reminded = invoice.reminded_at
        return [
            _("Emails %(email)s that %(owed)s is overdue.") % facts,
            *([_("The last reminder was written on %(when)s.") % {"when": shown_moment(reminded)}] if reminded else []),
        ]

    def perform(self, values: dict[str, Any]) -> None:
        actions.send_reminder(account=self.account, by=self.request.user, message=values["message"])


class PdfView(StaffView):
    """The stored PDF of a document."""

    permissions = [(Account, "bill")]
    model: type[Document]
    found_by = "pk"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        rows = self.model.objects.defer("snapshot")
        document = get_object_or_404(rows, **{self.found_by: kwargs["pk"]})
        try:
            return documents.response(document)
        except ObjectDoesNotExist:
            raise Http404(_("The PDF is being created. Try again in a few minutes.")) from None


class InvoicePdfView(PdfView):
    """The PDF of an invoice or credit note."""

    model = Invoice


class StatementPdfView(PdfView):
    """The PDF of a cancellation fee, by its entry."""

    model = Receipt
    found_by = "fee"


class ReceiptPdfView(PdfView):
    """The PDF of a receipt, by its payment."""

    model = Receipt
    found_by = "payment"


class CancelledReceiptPdfView(PdfView):
    """The PDF that cancels the receipt of a reversed payment, by that payment."""

    model = Receipt
    found_by = "reversal__payment"
