"""Invoices and credit notes: number, content and row in one short transaction; the PDF follows by a task."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.clock import now

from ..base import history, number_series
from ..base.errors import ActionRefused
from ..base.tasks import start
from ..ledger import queries as ledger_queries
from ..ledger.models import Account, AccountRow, Issuer, Payment, PaymentReversal
from ..mail import dry_run
from . import emails, numbers, queries, snapshots
from .models import Invoice, Receipt

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User


def _draw_pdf_after_commit(invoice: Invoice) -> None:
    start("forms_ext.invoices.tasks.render_invoice", invoice.pk)
    dry_run.follows(partial(emails.send_invoice, invoice))


def _issuer_of(account: Account) -> Issuer:
    issuer = ledger_queries.issuer_for(account.program)
    if issuer is None:
        raise ActionRefused(
            _("Nobody is set up to issue invoices. Add an issuer, with its bank details, under Snippets first.")
        )
    return issuer


def _lock(account: Account) -> Account:
    accounts = Account.objects.select_for_update(of=("self",)).select_related("program__page__locale")
    return accounts.get(pk=account.pk)


@transaction.atomic
def issue_invoice(*, account: Account, by: "User | None" = None) -> Invoice | None:
    """Issue the invoice for what `account` owes; None where nothing is owed.

    While an invoice of the account is open, it is returned and none is issued.
    """
    account = _lock(account)
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
        series=numbers.INVOICES,
        total=owed,
        by=by,
        content=partial(snapshots.invoice, account=account, issuer=issuer, rows=rows, total=owed),
        kind=Invoice.Kind.INVOICE,
    )


@transaction.atomic
def issue_credit_note(*, invoice: Invoice, cause: str | Promise, by: "User | None" = None) -> Invoice:
    """Correct `invoice` by a credit note over its whole total; a second call returns the same.

    The payer reads `cause`, in the language of the account, on the credit note and in its mail.
    """
    account = _lock(invoice.account)
    invoice = Invoice.objects.select_related("issuer__logo").get(pk=invoice.pk)
    if invoice.kind != Invoice.Kind.INVOICE:
        raise ActionRefused(_("A credit note is not corrected by another one."))
    if earlier := Invoice.objects.filter(corrects=invoice).first():
        return earlier
    Invoice.objects.filter(pk=invoice.pk, closed_at__isnull=True).update(closed_at=now())
    return _issue(
        account=account,
        issuer=invoice.issuer,
        series=numbers.CREDIT_NOTES,
        total=-invoice.total,
        by=by,
        content=partial(snapshots.credit_note, account=account, issuer=invoice.issuer, invoice=invoice, cause=cause),
        kind=Invoice.Kind.CREDIT_NOTE,
        corrects=invoice,
    )


def _issue(
    *,
    account: Account,
    issuer: Issuer,
    series: str,
    total: Money,
    content: "partial[dict[str, Any]]",
    kind: Invoice.Kind,
    by: "User | None",
    corrects: Invoice | None = None,
) -> Invoice:
    sequence_number = numbers.draw(issuer=issuer, series=series)
    number = numbers.written(issuer=issuer, series=series, number=sequence_number)
    snapshot = content(number=number)
    invoice = Invoice.objects.create(
        kind=kind,
        issuer=issuer,
        series=series,
        sequence_number=sequence_number,
        number=number,
        account=account,
        corrects=corrects,
        total=total,
        issued_at=now(),
        due_on=date.fromisoformat(snapshot["due_on"]) if snapshot["due_on"] else None,
        snapshot=snapshot,
    )
    history.record(account, f"forms_ext.invoices.issue_{kind}", user=by, number=number, total=str(total.amount))
    _draw_pdf_after_commit(invoice)
    return invoice


def close_if_settled(account: Account) -> None:
    """Close the open invoice of `account` where nothing is owed any more."""
    if ledger_queries.balance(account).amount <= 0:
        account.invoices.filter(kind=Invoice.Kind.INVOICE, closed_at__isnull=True).update(closed_at=now())


def settled_by(payment: Payment) -> Invoice | None:
    """Return the closed invoice, not credited, that was settled with `payment` or after it, None if there is none."""
    return _settled(payment).filter(closed_at__gte=payment.row.recorded_at).first()


def to_reopen(payment: Payment) -> Invoice | None:
    """Return the closed invoice that asks for the money again once `payment` is reversed, None if there is none."""
    return settled_by(payment) or _settled(payment).last()


def _settled(payment: Payment) -> QuerySet[Invoice]:
    invoices = Invoice.objects.filter(account=payment.account_id, kind=Invoice.Kind.INVOICE, credit_note__isnull=True)
    return invoices.filter(closed_at__isnull=False).order_by("pk")


def reopen_unpaid(account: Account, payment: Payment) -> Invoice | None:
    """Open the invoice again that the reversed `payment` had closed; None if nothing is owed or another is open."""
    if ledger_queries.balance(account).amount <= 0 or queries.open_invoice(account):
        return None
    invoice = to_reopen(payment)
    if invoice is not None:
        Invoice.objects.filter(pk=invoice.pk).update(closed_at=None)
        history.record(account, "forms_ext.invoices.reopen_invoice", number=invoice.number)
    return invoice


def issue_receipt(payment: Payment) -> Receipt:
    """Issue the receipt for `payment`, in the transaction that records it; without content if there is no issuer."""
    number = _receipt_number()
    return Receipt.objects.create(
        account=payment.account,
        payment=payment,
        number=number,
        issued_at=now(),
        snapshot=snapshots.receipt(account=payment.account, number=number, row=payment.row, method=payment.method),
    )


def cancel_receipt(reversal: PaymentReversal) -> Receipt:
    """Issue the document that cancels the receipt of a payment, in the transaction that takes the payment back."""
    number = _receipt_number()
    return Receipt.objects.create(
        account=reversal.payment.account,
        reversal=reversal,
        number=number,
        issued_at=now(),
        snapshot=snapshots.cancelled_receipt(reversal.payment, number=number),
    )


def _receipt_number() -> str:
    series = f"R-{now():%Y}"
    return number_series.draw(series, prefix=f"{series}-")
