"""Draws, stores and emails invoices: safe to run twice, at the same time, and to be killed at any point."""

import hashlib
import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.tasks import task

from cop_program.clock import now

from ..base import history, periodic, private_files
from ..base.errors import describe
from . import emails, pdf
from .models import Invoice, InvoiceFile

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
STORED = Exists(InvoiceFile.objects.filter(invoice=OuterRef("pk")))


@task
def render_invoice(invoice_id: int) -> bool:
    """Store the PDF of an invoice and email it; return whether both are done."""
    if not store_pdf(invoice_id):
        return False
    email_invoice(invoice_id)
    return True


def store_pdf(invoice_id: int) -> bool:
    """Draw the PDF from the snapshot and store it once; return whether it is stored."""
    unclaimed = Q(pdf_claimed_at__isnull=True) | Q(pdf_claimed_at__lte=now())
    claim = now() + CLAIM
    claimed = Invoice.objects.filter(unclaimed, ~STORED, pk=invoice_id).update(
        pdf_claimed_at=claim, pdf_attempts=F("pdf_attempts") + 1
    )
    invoice = Invoice.objects.get(pk=invoice_id)
    if not claimed:
        return hasattr(invoice, "file")
    try:
        content = pdf.render(invoice.snapshot)
    except Exception as error:
        logger.exception("Invoice %s could not be drawn", invoice.number)
        wait = min(timedelta(seconds=30 * 2**invoice.pdf_attempts), LONGEST_WAIT)
        ours = Invoice.objects.filter(pk=invoice_id, pdf_claimed_at=claim)
        ours.update(pdf_claimed_at=now() + wait, pdf_error=describe(error))
        return False
    _keep(invoice, content)
    return True


def _keep(invoice: Invoice, content: bytes) -> None:
    """Store `content` unless another worker has; the same snapshot gives the same bytes and the same name."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = f"invoices/{invoice.number}-{sha256[:16]}.pdf"
    if not private_files.exists(path) or private_files.read(path) != content:
        path = private_files.save(path, content)
    file = InvoiceFile(invoice=invoice, path=path, sha256=sha256, stored_at=now())
    InvoiceFile.objects.bulk_create([file], ignore_conflicts=True)


@transaction.atomic
def email_invoice(invoice_id: int) -> None:
    """Put the email with the PDF into the email log once: the note and the email are one transaction."""
    waiting = Invoice.objects.filter(STORED, pk=invoice_id, mailed_at__isnull=True)
    if waiting.update(mailed_at=now()):
        invoice = Invoice.objects.select_related("account__program__page__locale", "file").get(pk=invoice_id)
        emails.send_invoice(invoice)
        history.record(
            invoice.account,
            "forms_ext.invoices.email_invoice",
            changed={invoice: ("mailed_at",)},
            invoice=invoice.pk,
            number=invoice.number,
        )


@periodic.register
def finish_invoices() -> int:
    """Take up what a killed worker or a failure left: invoices without PDF, and PDFs that were not mailed."""
    due = Q(STORED) | Q(pdf_claimed_at__isnull=True) | Q(pdf_claimed_at__lte=now())
    waiting = Invoice.objects.filter(mailed_at__isnull=True).filter(due)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:200])
    return sum(render_invoice.func(invoice_id) for invoice_id in ids)
