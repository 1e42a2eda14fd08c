"""Whether a program takes applications, and why not: derived here alone, for every page, form, API and staff view."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .clock import now
from .extensions import Places, provider
from .models import Program, ProgramPage
from .presentation.context import is_over


class Why(StrEnum):
    """Why a program takes applications (OPEN) or takes none."""

    OPEN = "open"
    SOON = "soon"
    DEADLINE = "deadline"
    STOPPED = "stopped"
    FULL = "full"
    CANCELLED = "cancelled"
    OVER = "over"


#: What readers are told; those who were accepted are told more by whoever knows the end of registration.
SAID: dict[Why, str | Promise] = {
    Why.OPEN: gettext_lazy("Apply first. If we accept you, you can register and pay."),
    Why.SOON: gettext_lazy("Applications open soon."),
    Why.DEADLINE: gettext_lazy("Applications are closed. The deadline has passed."),
    Why.STOPPED: gettext_lazy("Applications are closed."),
    Why.FULL: gettext_lazy("Applications are closed. All places are taken."),
    Why.CANCELLED: gettext_lazy("This program is cancelled."),
    Why.OVER: gettext_lazy("This program is over."),
}


@dataclass(frozen=True)
class Facts:
    """What decides it: `takes_applications` is the choice of staff, `has_form` whether a form is published."""

    status: str
    takes_applications: bool
    has_form: bool
    places: Places | None = None


@dataclass(frozen=True)
class Intake:
    """Whether applications are taken until `closes_at`; `is_full` if nobody who registers now gets a place at once."""

    why: Why
    closes_at: datetime | None = None
    is_full: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether an application is taken now."""
        return self.why == Why.OPEN

    @property
    def sentence(self) -> str:
        """Say in the active language what a reader may do, or why nothing."""
        if self.is_open and self.is_full:
            return _("All places are taken. You can still apply: people we accept can register and join the queue.")
        return str(SAID[self.why])


def intake(page: ProgramPage, facts: Facts) -> Intake:
    """Return whether the program of `page`, its source page, takes applications now."""
    places = facts.places
    is_full = places is not None and (places.left == 0 or places.waiting > 0)
    return Intake(_why(page, facts, is_full=is_full), page.application_closes_at, is_full)


def _why(page: ProgramPage, facts: Facts, *, is_full: bool) -> Why:
    if ended := not_running(page, facts.status):
        return ended
    deadline = page.deadline("application")
    if deadline is None or deadline.is_past(now()):
        return Why.DEADLINE
    if not facts.takes_applications:
        return Why.STOPPED
    if facts.status == Program.Status.CONFIRMED and is_full:
        return Why.FULL
    return Why.OPEN if facts.has_form else Why.SOON


def not_running(page: ProgramPage, status: str) -> Why | None:
    """Return why nobody can apply, be accepted or be sent a link any more: CANCELLED, OVER, or None if they can."""
    if status == Program.Status.CALLED_OFF:
        return Why.CANCELLED
    return Why.OVER if status == Program.Status.CLOSED or is_over(page) else None


def of_program(program: Program, *, has_form: bool) -> Intake:
    """Return whether `program` takes applications now; `has_form` tells whether a form of it is published."""
    is_running = not_running(program.page, program.status) is None
    places = provider().places(program) if is_running else None
    return intake(program.page, Facts(program.status, program.takes_applications, has_form, places))
