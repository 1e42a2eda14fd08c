"""PDFs handed out by views that have checked who asks: staff with `bill_account`, a member on their own page."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from ..base import private
from . import pdf
from .models import Account, Invoice, Payment, PaymentReversal


def invoice_response(invoice: Invoice) -> FileResponse:
    """Return the stored PDF of an invoice or credit note; ObjectDoesNotExist while it is being drawn."""
    if not invoice.pdf_path:
        raise ObjectDoesNotExist(invoice.number)
    file = private.open(invoice.pdf_path)
    return private.unkept(FileResponse(file, content_type="application/pdf", filename=f"{invoice.number}.pdf"))


def receipt_pdf(number: str) -> bytes:
    """Return the PDF of the receipt, or cancellation of one, with this number: the same bytes each time."""
    reversal = PaymentReversal.objects.filter(number=number).first()
    return pdf.render((reversal or Payment.objects.get(receipt_number=number)).snapshot)


def _drawn(number: str, snapshot: dict[str, Any]) -> HttpResponse:
    if not snapshot:
        raise ObjectDoesNotExist(number)
    headers = {"Content-Disposition": content_disposition_header(False, f"{number}.pdf") or "inline"}
    return private.unkept(HttpResponse(pdf.render(snapshot), content_type="application/pdf", headers=headers))


def receipt_response(payment: Payment) -> HttpResponse:
    """Return the PDF of a receipt, drawn now: the same bytes each time; ObjectDoesNotExist where it has no content."""
    return _drawn(payment.receipt_number, payment.snapshot)


def cancellation_response(payment: Payment) -> HttpResponse:
    """Return the PDF that cancels the receipt of a reversed payment; ObjectDoesNotExist if there is none."""
    return _drawn(payment.reversal.number, payment.reversal.snapshot)


def invoice_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF of an invoice or credit note, if it is of `account`; ObjectDoesNotExist otherwise."""
    return invoice_response(account.invoices.get(pk=pk))


def receipt_of(account: Account, pk: int) -> HttpResponse:
    """Return the PDF of the receipt for a payment, if it is of `account`; ObjectDoesNotExist otherwise."""
    return receipt_response(account.payments.get(pk=pk))


def cancellation_of(account: Account, pk: int) -> HttpResponse:
    """Return the PDF that cancels the receipt for a payment of `account`; ObjectDoesNotExist if there is none."""
    return cancellation_response(account.payments.select_related("reversal").get(pk=pk))
