"""Background work: the steps of a batch run, and the jobs of each hour."""

from django.tasks import task

from cop_program.clock import now
from cop_program.models import Program

from ..ledger import actions as ledger
from . import actions
from .models import BatchRun


@task
def work_off(run_id: int) -> dict[str, int]:
    """Do the rest of a run; safe to run twice, and at the same time."""
    progress = actions.work_off(BatchRun.objects.select_related("program__page").get(pk=run_id))
    return {"done": progress.done, "failed": progress.failed, "remaining": progress.remaining}


def list_rebates() -> int:
    """List the rebates of every confirmed program that has begun. Periodic."""
    begun = Program.objects.filter(
        status__in=[Program.Status.CONFIRMED, Program.Status.CLOSED],
        page__rebate_percentage__gt=0,
        page__starts_on__lte=now().date(),
    ).select_related("page")
    return sum(len(ledger.list_rebates(program=program)) for program in begun)
