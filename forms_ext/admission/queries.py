"""Reads of `admission`: how a program stands, and whether it gives deposits back."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from cop_program import refunds
from cop_program.clock import now
from cop_program.journey import Facts
from cop_program.models import Program

from ..applications.models import Application
from ..base import dates
from . import queue
from .models import Place


@dataclass(frozen=True)
class Standing:
    """Places of a program: `taken` for good, `held` until a deposit, people `waiting`, and the `least` number."""

    capacity: int
    taken: int
    held: int
    waiting: int
    least: int

    @property
    def free(self) -> int:
        """How many places nobody has."""
        return max(self.capacity - self.taken - self.held, 0)


def standing(program: Program) -> Standing:
    """Return the figures of the places of `program`; two queries."""
    places = Place.objects.filter(program=program).aggregate(
        all=Count("pk"),
        taken=Count("pk", filter=Q(kept_at__isnull=False)),
        held=Count("pk", filter=Q(held_until__isnull=False)),
    )
    return Standing(
        capacity=places["all"],
        taken=places["taken"],
        held=places["held"],
        waiting=queue.waiting(program).count(),
        least=program.page.least_members or 1,
    )


def facts_of(application: Application, link_ends: datetime | None) -> Facts:
    """Return what is known of somebody who has not registered, whose invitation link, if any, works until then."""
    program = application.program
    left = {Application.State.DECLINED, Application.State.WITHDRAWN}
    return Facts(
        has_left=application.state in left or program.status == Program.Status.CALLED_OFF,
        is_accepted=application.state == Application.State.ACCEPTED,
        link_ends=link_ends,
        zone=dates.link_zone(program),
        home_zone=dates.hold_zone(program),
        reader_zone=dates.known_zone(application.time_zone),
    )


def gives_deposit_back(program: Program) -> bool:
    """Tell whether the deposit of somebody who registers now is given back if they cancel."""
    return refunds.current(program.page, now()).gives == refunds.Gives.EVERYTHING
