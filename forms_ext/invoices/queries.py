"""Reads of invoices and their accounts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cop_program.clock import now
from cop_program.models import Program

from ..base import recipients
from ..base.recipients import Recipient
from ..base.references import reference_to
from ..ledger import queries as ledger_queries
from ..ledger.models import Account, Payment
from .models import Document, Invoice, Receipt

PATIENCE = timedelta(minutes=15)
ATTEMPTS = 3

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Figures(ledger_queries.Balances):
    """What `with_figures` adds to an account."""

    invoice_id: int | None
    invoice_number: str | None
    due_on: date | None


type AccountWithFigures = "WithAnnotations[Account, Figures]"


def recipient(pk: int) -> Recipient | None:
    """Return the person whose account has the invoice `pk`, for emails."""
    account = Account.objects.filter(invoices=pk).first()
    return recipients.find(reference_to(account)) if account else None


def open_invoice(account: Account) -> Invoice | None:
    """Return the invoice of `account` that is neither settled nor corrected."""
    return account.invoices.filter(kind=Invoice.Kind.INVOICE, closed_at__isnull=True).first()


def overdue_invoice(account: Account) -> Invoice | None:
    """Return the open invoice of `account` if its due date has passed in the home zone and something is owed.

    Nothing is overdue in a cancelled program.
    """
    invoice, program = open_invoice(account), account.program
    is_late = invoice and invoice.due_on and invoice.due_on < ledger_queries.today(program)
    if not is_late or program.status == Program.Status.CALLED_OFF:
        return None
    return invoice if ledger_queries.balance(account).amount > 0 else None


def invoice_to_credit(account: Account) -> Invoice | None:
    """Return the newest invoice of `account` that no credit note corrects, settled or not."""
    return account.invoices.filter(kind=Invoice.Kind.INVOICE, credit_note__isnull=True).order_by("-pk").first()


def receipt_numbers(payments: QuerySet[Payment]) -> list[str]:
    """Return the numbers of the receipts of `payments`."""
    return list(Receipt.objects.filter(payment__in=payments).values_list("number", flat=True))


def without_pdf(program: Program) -> list[Document]:
    """Return the documents of `program` whose PDF staff should know is missing: after some attempts, or a while."""
    late = Q(pdf_attempts__gte=ATTEMPTS) | Q(issued_at__lt=now() - PATIENCE)
    found = [
        model.objects.filter(late, account__program=program, file__isnull=True).exclude(snapshot={}).defer("snapshot")
        for model in (Invoice, Receipt)
    ]
    return [document for documents in found for document in documents]


def with_figures(accounts: QuerySet[Account]) -> "QuerySet[AccountWithFigures]":
    """Annotate accounts with the figures of the ledger and their open invoice: one query for any number."""
    invoice = Invoice.objects.filter(
        account=OuterRef("pk"), kind=Invoice.Kind.INVOICE, closed_at__isnull=True
    ).order_by("-pk")
    return ledger_queries.with_balances(accounts).annotate(
        invoice_id=Subquery(invoice.values("pk")[:1]),
        invoice_number=Subquery(invoice.values("number")[:1]),
        due_on=Subquery(invoice.values("due_on")[:1]),
    )


def receivables(program: Program) -> "QuerySet[AccountWithFigures]":
    """Return the accounts of `program` that owe something, with their figures, the earliest due first."""
    return (
        with_figures(Account.objects.filter(program=program))
        .filter(owed__gt=Decimal(0))
        .order_by("due_on", "payer_name", "pk")
    )


def overdue(program: Program, *, on: date | None = None) -> "QuerySet[AccountWithFigures]":
    """Return the accounts that owe something although the day of their invoice has passed."""
    return receivables(program).filter(due_on__lt=on or ledger_queries.today(program))
