"""Issue invoices and credit notes: number, content and row in one short transaction. A task draws the PDF later."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.clock import now

from ..base import history
from ..base.errors import ActionRefused
from ..base.references import reference_to
from ..base.tasks import start
from ..ledger import queries as ledger_queries
from ..ledger.models import Account, AccountRow, Issuer, Payment, PaymentReversal
from ..mail import actions as mail
from ..mail import dry_run
from . import emails, numbers, queries, snapshots
from .models import Invoice, Receipt

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from ..base.row_states import Changed


def _draw_pdf_after_commit(invoice: Invoice) -> None:
    start("forms_ext.invoices.tasks.render_invoice", invoice.pk)
    dry_run.follows(partial(emails.send_invoice, invoice))


def _issuer_of(account: Account) -> Issuer:
    issuer = ledger_queries.issuer_for(account.program)
    if issuer is None:
        raise ActionRefused(
            _("There is no issuer of invoices yet. Add one with its bank details under Snippets first.")
        )
    return issuer


@transaction.atomic
def issue_invoice(*, account: Account, by: "User | None" = None) -> Invoice | None:
    """Issue the invoice for what `account` owes; return None if nothing is owed.

    If an invoice of the account is open, return that one instead. Raise ActionRefused if there is no issuer, or the
    invoice cannot be printed.
    """
    account = ledger_queries.locked(account.pk)
    if earlier := queries.open_invoice(account):
        return earlier
    rows = list(AccountRow.objects.filter(account=account).order_by("pk"))
    owed = sum((row.amount for row in rows), Money(0, account.currency))
    if owed.amount <= 0:
        return None
    issuer = _issuer_of(account)
    return _issue(
        account=account,
        issuer=issuer,
        total=owed,
        by=by,
        content=partial(snapshots.invoice, account=account, issuer=issuer, rows=rows, total=owed),
        kind=Invoice.Kind.INVOICE,
    )


@transaction.atomic
def issue_credit_note(*, invoice: Invoice, cause: str | Promise, by: "User | None" = None) -> Invoice:
    """Cancel `invoice` by a credit note over its whole total; a second call returns the same one.

    `cause` is printed on the credit note and in its email, in the language of the account. Raise ActionRefused if
    `invoice` is a credit note itself, or the credit note cannot be printed.
    """
    account = ledger_queries.locked(invoice.account_id)
    invoice = Invoice.objects.select_related("issuer__logo").get(pk=invoice.pk)
    if invoice.kind != Invoice.Kind.INVOICE:
        raise ActionRefused(_("A credit note cannot be cancelled by another one."))
    if earlier := Invoice.objects.filter(corrects=invoice).first():
        return earlier
    closed = Invoice.objects.filter(pk=invoice.pk, closed_at__isnull=True).update(closed_at=now())
    return _issue(
        account=account,
        issuer=invoice.issuer,
        total=-invoice.total,
        by=by,
        content=partial(snapshots.credit_note, account=account, issuer=invoice.issuer, invoice=invoice, cause=cause),
        kind=Invoice.Kind.CREDIT_NOTE,
        corrects=invoice,
        changed={invoice: ("closed_at",)} if closed else {},
    )


def _issue(
    *,
    account: Account,
    issuer: Issuer,
    total: Money,
    content: "partial[dict[str, Any]]",
    kind: Invoice.Kind,
    by: "User | None",
    corrects: Invoice | None = None,
    changed: "Changed | None" = None,
) -> Invoice:
    number, place = numbers.draw(issuer=issuer, kind=kind)
    snapshot = snapshots.complete(content(number=number))
    invoice = Invoice.objects.create(
        kind=kind,
        issuer=issuer,
        number=number,
        **place,
        account=account,
        corrects=corrects,
        total=total,
        issued_at=now(),
        due_on=date.fromisoformat(snapshot["due_on"]) if snapshot["due_on"] else None,
        snapshot=snapshot,
    )
    history.record(
        account,
        f"forms_ext.invoices.issue_{kind}",
        user=by,
        made=[invoice],
        changed=changed,
        invoice=invoice.pk,
        number=number,
        total=str(total.amount),
        currency=account.currency,
    )
    _draw_pdf_after_commit(invoice)
    return invoice


@transaction.atomic
def send_reminder(
    *, account: Account, by: "User | None" = None, message: str = "", only_first: bool = False
) -> Invoice:
    """Email a reminder of the overdue balance of `account`, with `message` added.

    Raise ActionRefused if nothing is overdue, or if `only_first` and its payer has been reminded of the invoice.
    """
    account = ledger_queries.locked(account.pk)
    invoice = queries.overdue_invoice(account)
    if invoice is None:
        raise ActionRefused(_("Nothing is overdue on this account."))
    if only_first and invoice.reminded_at:
        raise ActionRefused(_("A reminder of this invoice has been sent."))
    withdraw_reminder(account)
    Invoice.objects.filter(pk=invoice.pk).update(reminded_at=now())
    _record(account, "remind", invoice, column="reminded_at", by=by)
    emails.send_reminder(invoice, account, message)
    return invoice


def withdraw_reminder(account: Account) -> None:
    """Withdraw a reminder that has not been sent and names an amount of before; what stays overdue is told anew."""
    invoice = queries.open_invoice(account)
    if mail.withdraw(kinds=[emails.PAYMENT_REMINDER.name], about=reference_to(account)) and invoice:
        Invoice.objects.filter(pk=invoice.pk).update(reminded_at=None)
        _record(account, "withdraw_reminder", invoice, column="reminded_at")


def close_if_settled(account: Account) -> None:
    """Close the open invoice of `account` if nothing is owed any more."""
    if ledger_queries.balance(account).amount <= 0 and (invoice := queries.open_invoice(account)):
        Invoice.objects.filter(pk=invoice.pk).update(closed_at=now())
        _record(account, "close_invoice", invoice)


def _record(
    account: Account, verb: str, invoice: Invoice, *, column: str = "closed_at", by: "User | None" = None
) -> None:
    """Record what happened to `invoice` in `column`."""
    history.record(
        account,
        f"forms_ext.invoices.{verb}",
        user=by,
        changed={invoice: (column,)},
        invoice=invoice.pk,
        number=invoice.number,
    )


def settled_by(payment: Payment) -> Invoice | None:
    """Return the closed, uncredited invoice that was settled by `payment` or after it, or None."""
    return _settled(payment).filter(closed_at__gte=payment.row.recorded_at).first()


def to_reopen(payment: Payment) -> Invoice | None:
    """Return the closed invoice that is open again once `payment` is reversed, or None."""
    return settled_by(payment) or _settled(payment).last()


def _settled(payment: Payment) -> QuerySet[Invoice]:
    invoices = Invoice.objects.filter(account=payment.account_id, kind=Invoice.Kind.INVOICE, credit_note__isnull=True)
    return invoices.filter(closed_at__isnull=False).order_by("pk")


def reopen_unpaid(account: Account, payment: Payment) -> Invoice | None:
    """Reopen the invoice that the reversed `payment` had closed; None if nothing is owed or another is open."""
    if ledger_queries.balance(account).amount <= 0 or queries.open_invoice(account):
        return None
    invoice = to_reopen(payment)
    if invoice is not None:
        Invoice.objects.filter(pk=invoice.pk).update(closed_at=None)
        _record(account, "reopen_invoice", invoice)
    return invoice


def issue_receipt(payment: Payment) -> Receipt:
    """Issue the receipt for `payment`, in the transaction that records it.

    Its content is empty if there is no issuer. Raise ActionRefused if it cannot be printed.
    """
    make = partial(snapshots.receipt, account=payment.account, row=payment.row, method=payment.method)
    return _receipt(payment.account, make, payment=payment)


def issue_fee_statement(fee: AccountRow) -> Receipt:
    """Issue the document that states a cancellation fee, in the transaction that posts it.

    Its content is empty if there is no issuer. Raise ActionRefused if it cannot be printed.
    """
    return _receipt(fee.account, partial(snapshots.fee_statement, account=fee.account, fee=fee), fee=fee)


def cancel_receipt(reversal: PaymentReversal) -> Receipt:
    """Issue the document that cancels the receipt of a payment, in the transaction that reverses the payment.

    Raise ActionRefused if it cannot be printed.
    """
    make = partial(snapshots.cancelled_receipt, reversal.payment)
    return _receipt(reversal.payment.account, make, reversal=reversal)


def _receipt(
    account: Account,
    content: "partial[dict[str, Any]]",
    *,
    payment: Payment | None = None,
    reversal: PaymentReversal | None = None,
    fee: AccountRow | None = None,
) -> Receipt:
    number, place = numbers.draw_receipt(ledger_queries.today(account.program).year)
    snapshot = content(number=number)
    receipt = Receipt.objects.create(
        **place,
        account=account,
        payment=payment,
        reversal=reversal,
        fee=fee,
        number=number,
        issued_at=now(),
        snapshot=snapshots.complete(snapshot) if snapshot else {},
    )
    verb = "cancel_receipt" if reversal else "issue_fee_statement" if fee else "issue_receipt"
    history.record(account, f"forms_ext.invoices.{verb}", receipt=receipt.pk, number=number)
    if snapshot:
        start("forms_ext.invoices.tasks.render_receipt", receipt.pk)
    return receipt
