"""Consistency checks of confirmed and cancelled programs over the whole database."""

from collections.abc import Iterator
from decimal import Decimal

from cop_program.models import Program

from ..base import consistency
from ..invoices import queries as invoices_queries
from ..ledger.models import Account
from ..registration.models import Registration
from .models import BatchItem


@consistency.check("programs.runs")
def runs_reach_everyone() -> Iterator[str]:
    """Nothing failed; every member of a confirmed program that owes something has an invoice once the run is over."""
    for item in BatchItem.objects.filter(state=BatchItem.State.FAILED).select_related(
        "run", "registration", "application"
    ):
        yield f"Run {item.run_id}: {item.registration or item.application} failed: {item.error}"
    unfinished = BatchItem.objects.filter(state=BatchItem.State.TODO).values("run__program")
    billed = Account.objects.filter(
        registration__state=Registration.State.MEMBER, program__status=Program.Status.CONFIRMED
    ).exclude(program__in=unfinished)
    owing = invoices_queries.with_figures(billed).filter(owed__gt=Decimal(0), invoice_id__isnull=True)
    for reference in owing.values_list("registration__reference", flat=True):
        yield f"{reference}: has an amount due but no invoice, although the program is confirmed."
