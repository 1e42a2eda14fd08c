"""Make documents of what the ledger records; register what invoices declare."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..base import history, private_files, recipients, row_states
from ..base import tasks as background
from ..ledger import payment_checks, telling
from ..ledger.models import Account, Payment, PaymentReversal
from ..ledger.signals import fee_reversed, payment_recorded, payment_reversal_told, payment_reversed, payment_settled
from ..mail import attachments, previews
from . import actions, consistency, documents, emails, files, queries, tasks  # noqa: F401  (consistency and tasks register themselves)
from .models import DocumentFile, Invoice

PAYERS = previews.People(
    Account,
    "bill",
    label=lambda account: f"{account.payer_name}, {account.reference}",
    read=emails.values_of,
    related=("program__page",),
    scopes={"program": "program_id"},
)
INVOICE = {"invoice": "key of the invoice or credit note", "number": "its number"}
TOTAL = {"total": "its total, with a point", "currency": "the currency (ISO 4217)"}
RECEIPT = {"receipt": "key of the receipt, its cancellation or the statement", "number": "its number"}
EVENTS = {
    "issue_invoice": (_("Invoice issued"), INVOICE | TOTAL),
    "issue_credit_note": (_("Credit note issued"), INVOICE | TOTAL),
    "email_invoice": (_("Invoice or credit note emailed"), INVOICE),
    "close_invoice": (_("Invoice settled"), INVOICE),
    "remind": (_("Reminder of an overdue balance written"), INVOICE),
    "withdraw_reminder": (_("Reminder of an overdue balance withdrawn"), INVOICE),
    "reopen_invoice": (_("Invoice reopened"), INVOICE),
    "issue_receipt": (_("Receipt issued"), RECEIPT),
    "issue_fee_statement": (_("Cancellation fee stated"), RECEIPT),
    "cancel_receipt": (_("Receipt cancelled"), RECEIPT),
}


def receive_payment(sender: Any, *, payment: Payment, **kwargs: Any) -> None:
    """Withdraw a reminder that has not been sent, and close what is paid."""
    actions.withdraw_reminder(payment.account)
    actions.close_if_settled(payment.account)


def document_payment(sender: Any, *, payment: Payment, **kwargs: Any) -> None:
    """Issue the receipt, which says what is left now."""
    actions.issue_receipt(payment)


def tell_of_payment(payment: Payment, answers: Sequence[object]) -> bool:
    """Send the receipt."""
    emails.send_receipt(payment.receipt)
    return True


def take_payment_back(sender: Any, *, payment: Payment, reversal: PaymentReversal, **kwargs: Any) -> None:
    """Cancel the receipt, and open the invoice again that the payment had closed."""
    actions.cancel_receipt(reversal)
    actions.reopen_unpaid(payment.account, payment)


def tell_of_reversal(
    sender: Any, *, reversal: PaymentReversal, told: Sequence[str], message: str, **kwargs: Any
) -> None:
    """Tell the payer that a payment was reversed, once all receivers have said what that means."""
    emails.send_payment_reversed(reversal, told, message)


def close_without_fee(sender: Any, *, account: Account, **kwargs: Any) -> None:
    """Withdraw a reminder that has not been sent; close the open invoice of an account that owes nothing now."""
    actions.withdraw_reminder(account)
    actions.close_if_settled(account)


def _stored(model: type[DocumentFile]) -> private_files.Known:
    """Return a function that returns those of some paths that are the PDF of a document."""
    return lambda paths: model.objects.filter(path__in=paths).values_list("path", flat=True)


def connect() -> None:
    """Register this package."""
    for model, folder in files.FILES.values():
        private_files.register(folder, _stored(model))
    background.register(tasks.render_invoice, tasks.render_receipt)
    emails.register()
    previews.register([kind.name for kind in emails.ALL], PAYERS)
    attachments.register(emails.RECEIPT, documents.receipt_pdf)
    recipients.register("invoice", queries.recipient)
    payment_checks.number_payments(queries.receipt_numbers)
    payment_recorded.connect(receive_payment, dispatch_uid="forms_ext.invoices.receive_payment")
    payment_settled.connect(document_payment, dispatch_uid="forms_ext.invoices.document_payment")
    telling.register(tell_of_payment)
    payment_reversed.connect(take_payment_back, dispatch_uid="forms_ext.invoices.take_payment_back")
    payment_reversal_told.connect(tell_of_reversal, dispatch_uid="forms_ext.invoices.tell_of_reversal")
    fee_reversed.connect(close_without_fee, dispatch_uid="forms_ext.invoices.close_without_fee")
    for verb, (label, keys) in EVENTS.items():
        history.register(f"forms_ext.invoices.{verb}", label, keys)
    row_states.watch(Invoice, "closed_at", "mailed_at", "reminded_at")
