"""Consistency checks of confirmed and cancelled programs over the whole database."""

from collections.abc import Iterator

from cop_program.models import Program

from ..base import consistency
from ..invoices import queries as invoices_queries
from ..ledger import queries as ledger_queries
from ..registration.models import Registration
from .models import BatchItem

State = Registration.State


@consistency.check("programs.runs")
def runs_reach_everyone() -> Iterator[str]:
    """Nothing failed; every member of a confirmed program that owes something has an invoice once the run is over."""
    for item in BatchItem.objects.filter(state=BatchItem.State.FAILED).select_related(
        "run", "registration", "application"
    ):
        yield f"Run {item.run_id}: {item.registration or item.application} failed: {item.error}"
    unfinished = BatchItem.objects.filter(state=BatchItem.State.TODO).values("run__program")
    members = Registration.objects.filter(
        state=State.MEMBER, program__status=Program.Status.CONFIRMED, account__isnull=False
    ).exclude(program__in=unfinished)
    for registration in members.select_related("account"):
        account = registration.account
        assert account is not None
        if ledger_queries.balance(account).amount > 0 and invoices_queries.open_invoice(account) is None:
            yield f"{registration}: has an amount due but no invoice, although the program is confirmed."
