"""Draw the PDF of a document and store it once: safe to run twice, at the same time, and to be killed at any point."""

import hashlib
import logging
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q

from cop_program.clock import now

from ..base import private_files
from ..base.errors import describe
from . import pdf
from .models import Document, DocumentFile, Invoice, InvoiceFile, Receipt, ReceiptFile

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
FILES: dict[type[Document], tuple[type[DocumentFile], str]] = {
    Invoice: (InvoiceFile, "invoices"),
    Receipt: (ReceiptFile, "receipts"),
}


def is_stored(model: type[Document]) -> Exists:
    """Return the condition of documents whose PDF is stored."""
    files, _folder = FILES[model]
    return Exists(files.objects.filter(**{files.follows: OuterRef("pk")}))


def is_due(model: type[Document]) -> Q:
    """Return the condition of documents without a PDF that no worker is drawing now."""
    unclaimed = Q(pdf_claimed_at__isnull=True) | Q(pdf_claimed_at__lte=now())
    return unclaimed & ~Q(is_stored(model))


def store(model: type[Document], pk: int) -> bool:
    """Draw the PDF of a document from its snapshot and store it once; return whether it is stored.

    A document that needs a font which this machine lacks is left to another worker; that is no failed attempt.
    """
    claim = now() + CLAIM
    due = model.objects.filter(is_due(model), pk=pk)
    claimed = due.update(pdf_claimed_at=claim, pdf_attempts=F("pdf_attempts") + 1)
    document = model.objects.get(pk=pk)
    if not claimed:
        return bool(document.pdf_path)
    ours = model.objects.filter(pk=pk, pdf_claimed_at=claim)
    try:
        content = pdf.render(document.snapshot)
    except pdf.FontMissing as error:
        logger.warning("%s is left to another machine: %s", document, error)
        ours.update(pdf_claimed_at=None, pdf_attempts=F("pdf_attempts") - 1, pdf_error=describe(error))
        return False
    except Exception as error:
        logger.exception("%s could not be drawn", document)
        wait = min(timedelta(seconds=30 * 2**document.pdf_attempts), LONGEST_WAIT)
        ours.update(pdf_claimed_at=now() + wait, pdf_error=describe(error))
        return False
    _keep(document, content)
    return True


def _keep(document: Document, content: bytes) -> None:
    """Store `content` unless another worker has; the same snapshot gives the same bytes and the same name."""
    model, folder = FILES[type(document)]
    sha256 = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{document.number}-{sha256[:16]}.pdf"
    if not private_files.exists(path) or private_files.read(path) != content:
        path = private_files.save(path, content)
    file = model(**{model.follows: document}, path=path, sha256=sha256, stored_at=now())
    model.objects.bulk_create([file], ignore_conflicts=True)
