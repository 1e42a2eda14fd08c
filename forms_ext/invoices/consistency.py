"""Consistency checks of invoices over the whole database."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

from django.core.exceptions import SuspiciousOperation
from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q, Sum, Value
from django.db.models.functions import Cast, Concat

from cop_program.clock import now

from ..base import consistency, private_files
from ..base.models import NumberSequence
from ..ledger.models import Account, Issuer, Payment, PaymentReversal
from ..ledger.queries import exact
from ..mail.models import MailAttachment
from . import recomputation
from .models import SERIES, Invoice, Receipt, series_of
from .queries import PATIENCE


@consistency.check("invoices.balances")
def balances_fit_invoices() -> Iterator[str]:
    """An account with an open invoice owes something; nobody was given back more than was recorded as paid."""
    sums = Account.objects.annotate(
        owed=Sum("rows__amount"),
        paid=Sum("rows__amount", filter=Q(rows__kind__in=["payment", "refund"])),
    )
    open_ids = set(Invoice.objects.filter(kind="invoice", closed_at__isnull=True).values_list("account_id", flat=True))
    for account in sums.iterator():
        if account.pk in open_ids and exact(account.owed) <= 0:
            yield f"Account {account}: its invoice is open although nothing is due."
        if exact(account.paid) > 0:
            yield f"Account {account}: more was refunded than was paid."


@consistency.check("invoices.receipts")
def payments_have_receipts() -> Iterator[str]:
    """Each payment has its receipt, each reversed one a cancellation of it."""
    for payment in Payment.objects.filter(receipt=None).select_related("account"):
        yield f"Account {payment.account}: payment {payment.pk} has no receipt."
    for reversal in PaymentReversal.objects.filter(receipt=None).select_related("payment__account"):
        yield f"Account {reversal.payment.account}: the receipt of payment {reversal.payment_id} was not cancelled."


@consistency.check("invoices.numbers")
def numbers_have_no_gap() -> Iterator[str]:
    """Each series runs from 1 to the last number, with each number once."""
    found = {
        row["series"]: row
        for row in Invoice.objects.order_by()
        .values("series")
        .annotate(n=Count("pk"), low=Min("sequence_number"), high=Max("sequence_number"))
    }
    keys = [series_of(pk, kind) for pk in Issuer.objects.values_list("pk", flat=True) for kind in SERIES]
    for sequence in NumberSequence.objects.filter(key__in=keys):
        row = found.pop(sequence.key, {"n": 0, "low": 1, "high": 0})
        if (row["n"], row["low"], row["high"]) != (sequence.last_number, 1, sequence.last_number):
            yield (
                f"Series {sequence.key}: {row['n']} numbers from {row['low']} to {row['high']}, "
                f"but {sequence.last_number} were assigned."
            )
    for series in found:
        yield f"Series {series} has invoices, but no number sequence."


@consistency.check("invoices.snapshots")
def invoices_fit_their_snapshots() -> Iterator[str]:
    """Number and total of each invoice match its snapshot, whose lines add up; credit notes mirror it."""
    for invoice in Invoice.objects.select_related("corrects").iterator(chunk_size=200):
        snapshot = invoice.snapshot
        total = Decimal(snapshot["total"])
        if snapshot["number"] != invoice.number or total != invoice.total.amount:
            yield f"{invoice.number}: its number or total does not match its content."
        if sum((Decimal(line["amount"]) for line in snapshot["lines"]), Decimal(0)) != total:
            yield f"{invoice.number}: its lines do not add up to its total."
        if invoice.corrects and invoice.corrects.total != -invoice.total:
            yield f"{invoice.number}: its total does not match the invoice {invoice.corrects.number} that it cancels."
        if invoice.corrects and invoice.corrects.closed_at is None:
            yield f"{invoice.corrects.number}: is open although {invoice.number} cancels it."


@consistency.check("invoices.documents")
def documents_fit_their_accounts() -> Iterator[str]:
    """Each entry is the one that was posted, and each document says what the entries before it make it say."""
    yield from recomputation.differing()


@consistency.check("invoices.logos")
def logos_of_documents_are_kept() -> Iterator[str]:
    """The logo that a document shows is stored as it was: receipts, and files that are not ready, are drawn later."""
    needed: dict[tuple[str, str], str] = {}
    for model in (Invoice, Receipt):
        logos = model.objects.order_by("-pk").values_list("number", "snapshot__issuer__logo")
        needed |= {(logo["path"], logo["sha256"]): number for number, logo in logos.iterator(chunk_size=2000) if logo}
    for (path, sha256), number in needed.items():
        if _sha256_of(path) != sha256:
            yield f"{number}: its logo {path} is missing from storage, or is another one."


def _sha256_of(path: str) -> str:
    """Return the hash of a private file; "" if it is not there."""
    try:
        return hashlib.sha256(private_files.read(path)).hexdigest()
    except (OSError, SuspiciousOperation):
        return ""


@consistency.check("invoices.emails")
def emails_of_documents_are_kept() -> Iterator[str]:
    """An invoice or credit note that was emailed has its email, with its PDF."""
    reference = Concat(Value("invoice:"), Cast("pk", CharField()))
    sent = MailAttachment.objects.filter(mail__about=OuterRef("reference"), storage_path=OuterRef("file__path"))
    mailed = Invoice.objects.filter(mailed_at__isnull=False).annotate(reference=reference)
    for number in mailed.exclude(Exists(sent)).values_list("number", flat=True):
        yield f"{number}: its email is missing, or has another attachment."


@consistency.check("invoices.pdfs")
def pdfs_fit_their_hashes() -> Iterator[str]:
    """Each document has its PDF, the stored bytes have the stored hash, and each invoice was emailed."""
    late = now() - PATIENCE
    invoices, receipts = Invoice.objects.all(), Receipt.objects.exclude(snapshot={})
    for documents in (invoices, receipts):
        for document in documents.select_related("file").defer("snapshot").iterator(chunk_size=200):
            if not document.pdf_sha256:
                if document.issued_at < late or getattr(document, "mailed_at", None):
                    yield f"{document.number}: has no PDF. {document.pdf_error}".strip()
            elif not (sha256 := _sha256_of(document.pdf_path)):
                yield f"{document.number}: its PDF is missing from storage."
            elif sha256 != document.pdf_sha256:
                yield f"{document.number}: the stored PDF is not the one that was issued."
    for number in invoices.filter(mailed_at__isnull=True, issued_at__lt=late).values_list("number", flat=True):
        yield f"{number}: was not emailed."
