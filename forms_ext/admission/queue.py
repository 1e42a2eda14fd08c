"""The queue for a place: in the order of joining; nobody passes it."""

from django.db.models import QuerySet

from cop_program.clock import now
from cop_program.models import Program

from .models import Invitation, QueueEntry


def waiting(program: Program) -> QuerySet[QueueEntry]:
    """Return those who wait for a place of `program`, the first in line first."""
    return QueueEntry.objects.waiting().filter(program=program).order_by("pk")


def join(*, program: Program, invitation: Invitation) -> QueueEntry:
    """Put `invitation` at the end of the queue; the caller holds the program's row."""
    return QueueEntry.objects.create(program=program, invitation=invitation, joined_at=now())


def first(program: Program) -> QueueEntry | None:
    """Return who is first in line."""
    return waiting(program).select_related("invitation__registration").first()


def place(invitation: Invitation) -> int | None:
    """Return the place in line of `invitation`, from 1; None where it does not wait."""
    entry = QueueEntry.objects.waiting().filter(invitation=invitation).first()
    if entry is None:
        return None
    return waiting(entry.program).filter(pk__lte=entry.pk).count()


def offered(entry: QueueEntry) -> None:
    """Note that `entry` has got a place."""
    QueueEntry.objects.filter(pk=entry.pk).update(offered_at=now())


def leave(invitation: Invitation) -> bool:
    """Let `invitation` leave the queue; False where it does not wait."""
    left = QueueEntry.objects.waiting().filter(invitation=invitation)
    return bool(left.update(left_at=now()))
