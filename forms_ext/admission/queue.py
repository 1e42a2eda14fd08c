"""The queue for a place, in the order of joining. Nobody is served before those ahead of them."""

from django.db.models import QuerySet

from cop_program.clock import now
from cop_program.models import Program

from .models import Invitation, QueueEntry


def waiting(program: Program) -> QuerySet[QueueEntry]:
    """Return the queue for a place in `program`, in order."""
    return QueueEntry.objects.waiting().filter(program=program).order_by("pk")


def join(*, program: Program, invitation: Invitation) -> QueueEntry:
    """Add `invitation` to the end of the queue. The caller must have locked the program."""
    return QueueEntry.objects.create(program=program, invitation=invitation, joined_at=now())


def first(program: Program) -> QueueEntry | None:
    """Return who is first in line."""
    return waiting(program).select_related("invitation").first()


def place(invitation: Invitation) -> int | None:
    """Return the position of `invitation` in the queue, from 1; None if it is not in it."""
    entry = QueueEntry.objects.waiting().filter(invitation=invitation).first()
    if entry is None:
        return None
    return waiting(entry.program).filter(pk__lte=entry.pk).count()


def offered(entry: QueueEntry) -> None:
    """Note that `entry` has been given a place."""
    QueueEntry.objects.filter(pk=entry.pk).update(offered_at=now())


def leave(invitation: Invitation) -> QueueEntry | None:
    """Take `invitation` out of the queue; return its entry, None if it is not in it."""
    entry = QueueEntry.objects.waiting().filter(invitation=invitation).first()
    if entry is not None:
        QueueEntry.objects.filter(pk=entry.pk).update(left_at=now())
    return entry
