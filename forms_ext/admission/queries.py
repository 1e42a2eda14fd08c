"""Reads of `admission`: how a program stands."""

from dataclasses import dataclass

from django.db.models import Count, Q

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

    @property
    def is_enough(self) -> bool:
        """Whether the least number of members is reached."""
        return self.taken >= self.least


def standing(program: Program) -> Standing:
    """Return how `program` stands; two queries."""
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
