"""Reads of `admission`: how a program stands, and whether it gives deposits back."""

from dataclasses import dataclass

from django.db.models import Count, Q

from cop_program.clock import now
from cop_program.models import Program

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


def gives_deposit_back(program: Program) -> bool:
    """Tell whether the deposit of somebody who cancels now is given back: until the cancellation deadline, if any."""
    closes_at = program.page.cancellation_closes_at
    return closes_at is None or now() < closes_at
