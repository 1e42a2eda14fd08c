"""Serve PDFs. Views check first who asks: staff with `bill_account`, or a member on their private page."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse

from ..base import private_files
from ..ledger.models import Account
from . import files
from .models import Document, Receipt


def response(document: Document) -> FileResponse:
    """Return the stored PDF of a document; raise ObjectDoesNotExist while it is being drawn, or has no content."""
    if not document.pdf_path:
        raise ObjectDoesNotExist(document.number)
    file = private_files.open(document.pdf_path)
    return private_files.unkept(FileResponse(file, content_type="application/pdf", filename=f"{document.number}.pdf"))


def receipt_pdf(number: str) -> bytes:
    """Return the PDF of the receipt, or cancellation of one, with this number; store it first if it is not there yet.

    Raise OSError if it cannot be drawn now.
    """
    receipt = Receipt.objects.get(number=number)
    if not files.store(Receipt, receipt.pk):
        raise OSError(f"The PDF of {number} is not there yet.")
    receipt.refresh_from_db()
    return private_files.read(receipt.pdf_path)


def invoice_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF of an invoice or credit note of `account`. Raise ObjectDoesNotExist if it is not theirs."""
    return response(account.invoices.get(pk=pk))


def receipt_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF of the receipt for the payment `pk` of `account`. Raise ObjectDoesNotExist if there is none."""
    return response(account.receipts.get(payment=pk))


def statement_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF of the cancellation fee with the entry `pk`. Raise ObjectDoesNotExist if there is none."""
    return response(account.receipts.get(fee=pk))


def cancellation_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF that cancels the receipt for the payment `pk` of `account`.

    Raise ObjectDoesNotExist if there is none.
    """
    return response(account.receipts.get(reversal__payment=pk))
