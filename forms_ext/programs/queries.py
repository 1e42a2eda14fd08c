"""Reads of a program and of its batch runs."""

from dataclasses import dataclass

from django.db.models import Count, Q

from cop_program import intake
from cop_program.intake import Intake, Why
from cop_program.models import Program
from cop_program.presentation.context import is_over

from ..applications.pages import ApplicationFormPage
from .models import BatchItem, BatchRun

CLOSABLE = (Program.Status.OPEN, Program.Status.CONFIRMED)


def email_scopes() -> list[tuple[str, str]]:
    """Return the scope of the emails of each program with its name, the newest first."""
    programs = Program.objects.select_related("page").order_by("-pk")
    return [(program.scope, str(program)) for program in programs]


#: Why no choice of staff opens applications again.
CLOSED_FOR_GOOD = frozenset({Why.CANCELLED, Why.OVER, Why.DEADLINE})


def application_form(program: Program) -> ApplicationFormPage | None:
    """Return the published application form of `program`, in its own language."""
    return ApplicationFormPage.objects.child_of(program.page).live().first()


def intake_of(program: Program) -> Intake:
    """Return whether `program` takes applications now, and why not."""
    return intake.of_program(program, has_form=application_form(program) is not None)


def can_confirm(program: Program) -> bool:
    """Tell whether `program` is neither confirmed nor cancelled, closed or over."""
    return program.status == Program.Status.OPEN and not is_over(program.page)


def can_close(program: Program) -> bool:
    """Tell whether `program` is over, and neither cancelled nor closed: it may never have been confirmed."""
    return program.status in CLOSABLE and is_over(program.page)


@dataclass(frozen=True)
class Progress:
    """The progress of a run."""

    total: int
    done: int
    failed: int

    @property
    def remaining(self) -> int:
        """The number of items still to do."""
        return self.total - self.done - self.failed


def progress(run: BatchRun) -> Progress:
    """Return the progress of `run`; one query."""
    counts = BatchItem.objects.filter(run=run).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=BatchItem.State.DONE)),
        failed=Count("pk", filter=Q(state=BatchItem.State.FAILED)),
    )
    return Progress(**counts)
