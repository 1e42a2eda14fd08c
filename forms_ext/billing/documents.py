"""PDFs handed out by views that have checked who asks: staff with `bill_account`, a member on their own page."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from ..base import private
from . import pdf
from .models import Account, Invoice, Payment


def invoice_response(invoice: Invoice) -> FileResponse:
    """Return the stored PDF of an invoice or credit note; ObjectDoesNotExist while it is being drawn."""
    if not invoice.pdf_path:
        raise ObjectDoesNotExist(invoice.number)
    file = private.open(invoice.pdf_path)
    return private.unkept(FileResponse(file, content_type="application/pdf", filename=f"{invoice.number}.pdf"))


def receipt_pdf(number: str) -> bytes:
    """Return the PDF of the receipt with this number, drawn from what was frozen: the same bytes each time."""
    return pdf.render(Payment.objects.get(receipt_number=number).snapshot)


def receipt_response(payment: Payment) -> HttpResponse:
    """Return the PDF of a receipt, drawn now: the same bytes each time; ObjectDoesNotExist where it has no content."""
    if not payment.snapshot:
        raise ObjectDoesNotExist(payment.receipt_number)
    headers = {"Content-Disposition": content_disposition_header(False, f"{payment.receipt_number}.pdf") or "inline"}
    response = HttpResponse(pdf.render(payment.snapshot), content_type="application/pdf", headers=headers)
    return private.unkept(response)


def invoice_of(account: Account, pk: int) -> FileResponse:
    """Return the PDF of an invoice or credit note, if it is of `account`; ObjectDoesNotExist otherwise."""
    return invoice_response(account.invoices.get(pk=pk))


def receipt_of(account: Account, pk: int) -> HttpResponse:
    """Return the PDF of the receipt for a payment, if it is of `account`; ObjectDoesNotExist otherwise."""
    return receipt_response(account.payments.get(pk=pk))
