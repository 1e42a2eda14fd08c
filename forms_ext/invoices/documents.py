"""Serve PDFs. Views check first who asks: staff with `bill_account`, or a member on their private page."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from ..base import private_files
from ..ledger.models import Account
from . import pdf
from .models import Invoice, Receipt


def invoice_response(invoice: Invoice) -> FileResponse:
    """Return the stored PDF of an invoice or credit note; raise ObjectDoesNotExist while it is being drawn."""
    if not invoice.pdf_path:
        raise ObjectDoesNotExist(invoice.number)
    file = private_files.open(invoice.pdf_path)
    return private_files.unkept(FileResponse(file, content_type="application/pdf", filename=f"{invoice.number}.pdf"))


def receipt_pdf(number: str) -> bytes:
    """Return the PDF of the receipt, or cancellation of one, with this number: the same bytes each time."""
    return pdf.render(Receipt.objects.get(number=number).snapshot)


def _drawn(number: str, snapshot: dict[str, Any]) -> HttpResponse:
    if not snapshot:
        raise ObjectDoesNotExist(number)
    headers = {"Content-Disposition": content_disposition_header(False, f"{number}.pdf") or "inline"}
    return private_files.unkept(HttpResponse(pdf.render(snapshot), content_type="application/pdf", headers=headers))


def receipt_response(receipt: Receipt) -> HttpResponse:
    """Return the PDF of a receipt, drawn now. Raise ObjectDoesNotExist if it has no content."""
    return _drawn(receipt.number, receipt.snapshot)


def invoice_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF of an invoice or credit note of `account`. Raise Invoice.DoesNotExist if it is not theirs."""
    return invoice_response(account.invoices.get(pk=pk))


def receipt_of(account: Account, pk: int) -> HttpResponse:
    """Return the PDF of the receipt for the payment `pk` of `account`. Raise ObjectDoesNotExist if there is none."""
    return receipt_response(account.receipts.get(payment=pk))


def statement_of(account: Account, pk: int) -> HttpResponse:
    """Return the PDF of the cancellation fee with the entry `pk`. Raise ObjectDoesNotExist if there is none."""
    return receipt_response(account.receipts.get(fee=pk))


def cancellation_of(account: Account, pk: int) -> HttpResponse:
    """Return the PDF that cancels the receipt for the payment `pk` of `account`.

    Raise ObjectDoesNotExist if there is none.
    """
    return receipt_response(account.receipts.get(reversal__payment=pk))
