"""What billing promises, held against the whole database."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Max, Min, Q, Sum

from cop_program.clock import now

from ..base import audit, private
from .models import (
    Account,
    AccountRow,
    Invoice,
    Issuer,
    NumberSequence,
    Payment,
    PaymentReversal,
    RebateDue,
    RefundDue,
)
from .queries import exact

PATIENCE = timedelta(minutes=15)
REVERSED_KINDS = Q(kind="payment_reversal", reverses__kind="payment") | Q(
    kind="reversal", reverses__kind__in=["fee", "cancellation_fee"]
)


@audit.check("billing.rows")
def rows_fit_their_accounts() -> Iterator[str]:
    """Rows are in the currency of their account; payments and reversals equal what they stand for."""
    for row in AccountRow.objects.exclude(amount_currency=F("account__currency")).select_related("account"):
        yield f"Account {row.account}: row {row.pk} is in {row.amount.currency}, the account in {row.account.currency}."
    for row in AccountRow.objects.filter(reverses__isnull=False).select_related("account", "reverses"):
        reverses = row.reverses
        if reverses and (row.account_id, row.amount) != (reverses.account_id, -reverses.amount):
            yield f"Account {row.account}: row {row.pk} does not equal the row {reverses.pk} that it reverses."
    for row in AccountRow.objects.filter(kind="payment", payment__isnull=True).select_related("account"):
        yield f"Account {row.account}: the payment in row {row.pk} has no receipt."
    for row in AccountRow.objects.filter(reverses__isnull=False).exclude(REVERSED_KINDS).select_related("account"):
        yield f"Account {row.account}: row {row.pk} reverses a row that its kind does not reverse."
    for row in AccountRow.objects.filter(kind="payment_reversal", payment_reversal=None).select_related("account"):
        yield f"Account {row.account}: the reversal in row {row.pk} has no cancellation of the receipt."
    for reversal in PaymentReversal.objects.exclude(row__reverses=F("payment__row")):
        yield f"Cancellation {reversal.number} does not agree with its row."
    wrong = Payment.objects.exclude(row__account=F("account"), row__kind="payment", row__effective_on=F("received_on"))
    for payment in wrong:
        yield f"Receipt {payment.receipt_number} does not agree with its row."


@audit.check("billing.logos")
def logos_can_be_drawn() -> Iterator[str]:
    """The logo of each issuer stands on the next document."""
    for issuer in Issuer.objects.select_related("logo"):
        try:
            issuer.clean()
        except ValidationError as error:
            yield f"The logo of {issuer} is left out of documents: {' '.join(error.messages)}"


@audit.check("billing.balances")
def balances_fit_invoices() -> Iterator[str]:
    """An account with an open invoice owes something; nobody was given back more than was recorded as paid."""
    sums = Account.objects.annotate(
        owed=Sum("rows__amount"),
        paid=Sum("rows__amount", filter=Q(rows__kind__in=["payment", "refund"])),
    )
    open_ids = set(Invoice.objects.filter(kind="invoice", closed_at__isnull=True).values_list("account_id", flat=True))
    for account in sums.iterator():
        if account.pk in open_ids and exact(account.owed) <= 0:
            yield f"Account {account}: its invoice is open, although nothing is owed."
        if exact(account.paid) > 0:
            yield f"Account {account}: more was given back than was paid."


@audit.check("billing.numbers")
def numbers_have_no_gap() -> Iterator[str]:
    """Each series runs from 1 to the last number drawn, each number once."""
    found = {
        (row["issuer"], row["series"]): row
        for row in Invoice.objects.order_by()
        .values("issuer", "series")
        .annotate(n=Count("pk"), low=Min("sequence_number"), high=Max("sequence_number"))
    }
    for sequence in NumberSequence.objects.all():
        row = found.pop((sequence.issuer_id, sequence.series), {"n": 0, "low": 1, "high": 0})
        if (row["n"], row["low"], row["high"]) != (sequence.last_number, 1, sequence.last_number):
            yield (
                f"Series {sequence.series} of issuer {sequence.issuer_id}: {row['n']} numbers from {row['low']} to "
                f"{row['high']}, but {sequence.last_number} were drawn."
            )
    for issuer, series in found:
        yield f"Series {series} of issuer {issuer} has invoices and no sequence."


@audit.check("billing.invoices")
def invoices_fit_their_snapshots() -> Iterator[str]:
    """Number and total of each invoice are those of its snapshot, whose lines add up; credit notes mirror it."""
    for invoice in Invoice.objects.select_related("corrects").iterator(chunk_size=200):
        snapshot = invoice.snapshot
        total = Decimal(snapshot["total"])
        if snapshot["number"] != invoice.number or total != invoice.total.amount:
            yield f"{invoice.number}: number or total are not those of its content."
        if sum((Decimal(line["amount"]) for line in snapshot["lines"]), Decimal(0)) != total:
            yield f"{invoice.number}: its lines do not add up to its total."
        if invoice.corrects and invoice.corrects.total != -invoice.total:
            yield f"{invoice.number}: does not equal the invoice {invoice.corrects.number} that it corrects."
        if invoice.corrects and invoice.corrects.closed_at is None:
            yield f"{invoice.corrects.number}: is open, although {invoice.number} corrects it."


@audit.check("billing.pdfs")
def pdfs_fit_their_hashes() -> Iterator[str]:
    """Each invoice has its PDF, and the stored bytes have the hash that was kept; each was mailed."""
    late = now() - PATIENCE
    for invoice in Invoice.objects.defer("snapshot").iterator(chunk_size=200):
        if not invoice.pdf_sha256:
            if invoice.issued_at < late:
                yield f"{invoice.number}: has no PDF. {invoice.pdf_error}".strip()
        elif not private.exists(invoice.pdf_path):
            yield f"{invoice.number}: its PDF is not in the storage."
        elif hashlib.sha256(private.read(invoice.pdf_path)).hexdigest() != invoice.pdf_sha256:
            yield f"{invoice.number}: the stored PDF is not the one that was issued."
        if not invoice.mailed_at and invoice.issued_at < late:
            yield f"{invoice.number}: was not mailed."


@audit.check("billing.lists")
def lists_fit_their_rows() -> Iterator[str]:
    """Refunds and rebates recorded as paid have a row with their amount on their account."""
    for refund in RefundDue.objects.filter(settled_by_row__isnull=False).select_related("settled_by_row"):
        if not _pays(refund.settled_by_row, "refund", refund):
            yield f"Refund {refund.pk} does not agree with the row that pays it."
    for rebate in RebateDue.objects.filter(paid_row__isnull=False).select_related("paid_row"):
        if not _pays(rebate.paid_row, "rebate_paid", rebate):
            yield f"Rebate {rebate.pk} does not agree with the row that pays it."


def _pays(row: AccountRow | None, kind: str, due: RefundDue | RebateDue) -> bool:
    return row is not None and (row.kind, row.account_id, row.amount) == (kind, due.account_id, due.amount)
