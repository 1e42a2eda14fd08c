"""Draws, stores and emails documents: safe to run twice, at the same time, and to be killed at any point."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import Task, task

from cop_program.clock import now

from ..base import history, periodic
from ..base.errors import ActionRefused
from ..base.tasks import start
from ..ledger import queries as ledger_queries
from ..ledger.models import Account, Issuer
from . import actions, emails, files
from .models import Invoice, Receipt

AT_ONCE = 200


@task
def render_invoice(invoice_id: int) -> bool:
    """Store the PDF of an invoice and email it; return whether both are done."""
    if not store_pdf(invoice_id):
        return False
    email_invoice(invoice_id)
    return True


@task
def render_receipt(receipt_id: int) -> bool:
    """Store the PDF of a receipt; return whether it is stored."""
    return files.store(Receipt, receipt_id)


def store_pdf(invoice_id: int) -> bool:
    """Store the PDF of an invoice; return whether it is stored."""
    return files.store(Invoice, invoice_id)


@transaction.atomic
def email_invoice(invoice_id: int) -> None:
    """Put the email with the PDF into the email log once: the note and the email are one transaction."""
    waiting = Invoice.objects.filter(files.is_stored(Invoice), pk=invoice_id, mailed_at__isnull=True)
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
    due = Q(files.is_stored(Invoice)) | files.is_due(Invoice)
    waiting = Invoice.objects.filter(due, mailed_at__isnull=True).order_by("pk")
    return _finish(render_invoice, waiting.values_list("pk", flat=True))


@periodic.register
def finish_receipts() -> int:
    """Take up the receipts that a killed worker or a failure left without PDF."""
    waiting = Receipt.objects.filter(files.is_due(Receipt)).exclude(snapshot={}).order_by("pk")
    return _finish(render_receipt, waiting.values_list("pk", flat=True))


@periodic.register
def remind_overdue() -> int:
    """Remind the payers of invoices that are overdue for as many days as their issuer waits, once for each invoice."""
    unpaid = Invoice.objects.filter(
        kind=Invoice.Kind.INVOICE, closed_at__isnull=True, mailed_at__isnull=False, reminded_at__isnull=True
    ).select_related("account__program__page")
    reminded = 0
    for issuer in Issuer.objects.filter(reminder_days__isnull=False):
        wait = timedelta(days=issuer.reminder_days or 0)
        due = unpaid.filter(issuer=issuer, due_on__lte=ledger_queries.latest_day() - wait).order_by("pk")
        reminded += sum(_remind(invoice.account) for invoice in due if _is_due(invoice, wait))
    return reminded


def _is_due(invoice: Invoice, wait: timedelta) -> bool:
    """Tell whether so much time has passed in the home zone of its program since `invoice` was due."""
    return invoice.due_on is not None and invoice.due_on + wait <= ledger_queries.today(invoice.account.program)


def _remind(account: Account) -> bool:
    with suppress(ActionRefused):  # paid or reminded of meanwhile, or due today
        actions.send_reminder(account=account, only_first=True)
        return True
    return False


def _finish(render: "Task[[int], bool]", pks: QuerySet[Any, int]) -> int:
    """Render the first of some documents; what cannot be drawn here is given to the workers of other machines."""
    done = 0
    for pk in pks[:AT_ONCE]:
        if render.func(pk):
            done += 1
        else:
            start(render.module_path, pk)
    return done
