"""Places: one row for each, claimed by one conditional UPDATE.

To free, add or queue for a place, first lock the program (`lock`), so that no place is free while somebody waits.
Always lock rows in this order: application, account, program, place.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cop_program.clock import now
from cop_program.models import Program

from ..base import events
from .models import Invitation, Place, QueueEntry

if TYPE_CHECKING:
    from ..base.row_states import Changed

FREE = Q(invitation__isnull=True)
#: The columns in which a place is free, held or kept.
STATE = ("invitation", "held_until", "kept_at")


def lock(program: Program) -> Program:
    """Return `program` read anew, its row locked until the transaction ends. Raise DoesNotExist if it is gone."""
    return Program.locked(program.pk)


def _take(*, program: Program, invitation: Invitation, held_until: datetime, past_queue: bool) -> Place | None:
    """Take the first free place in one statement; PostgreSQL skips the rows that others are just taking."""
    free = Place.objects.filter(FREE, program=program).order_by("number")
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True)
    rows = Place.objects.filter(FREE, pk=free.values("pk")[:1])
    if not past_queue:
        queue = QueueEntry.objects.waiting().filter(program=OuterRef("program"))
        rows = rows.filter(~Exists(queue))
    if not rows.update(invitation=invitation, held_until=held_until):
        return None
    return Place.objects.get(invitation=invitation)


def claim(*, program: Program, invitation: Invitation, held_until: datetime) -> Place | None:
    """Hold a free place for `invitation` until `held_until`. Return None if none is free or somebody is queueing."""
    return _take(program=program, invitation=invitation, held_until=held_until, past_queue=False)


def claim_for_queue(*, program: Program, invitation: Invitation, held_until: datetime) -> Place | None:
    """Hold a free place for the first in the queue, or return None. The caller must have locked the program."""
    return _take(program=program, invitation=invitation, held_until=held_until, past_queue=True)


def _unchanged(place: Place) -> "QuerySet[Place]":
    """Return the row of `place` as long as the invitation that has it is the same."""
    return Place.objects.filter(Q(pk=place.pk, invitation_id=place.invitation_id))


def keep(place: Place) -> bool:
    """Keep a held place for good; return False if it is not held any more."""
    kept = (
        _unchanged(place).filter(held_until__isnull=False, kept_at__isnull=True).update(held_until=None, kept_at=now())
    )
    return bool(kept)


def hold_again(place: Place, held_until: datetime) -> bool:
    """Hold a kept place until `held_until` only; return False if it is not kept."""
    kept = _unchanged(place).filter(kept_at__isnull=False)
    return bool(kept.update(held_until=held_until, kept_at=None))


def extend(place: Place, held_until: datetime) -> bool:
    """Move the end of a hold to `held_until`; return False if the place is not held any more."""
    held = _unchanged(place).filter(held_until__isnull=False)
    return bool(held.update(held_until=held_until))


def free(place: Place) -> bool:
    """Free a place; return False if somebody else has it by now. The caller must have locked the program."""
    freed = _unchanged(place).filter(invitation__isnull=False).update(invitation=None, held_until=None, kept_at=None)
    return bool(freed)


def end_hold(place: Place, moment: datetime) -> bool:
    """Free a place whose hold has expired by `moment`; return False if it was kept, extended or freed meanwhile."""
    ended = (
        _unchanged(place).filter(held_until__lte=moment, kept_at__isnull=True).update(invitation=None, held_until=None)
    )
    return bool(ended)


@transaction.atomic
def set_capacity(*, program: Program, capacity: int, changed: "Changed | None" = None) -> int:
    """Add missing places, or delete free ones if there are too many; return how many places there are now.

    `changed` is what the caller has changed together with them.
    """
    lock(program)
    before = {place.number: place for place in Place.objects.filter(program=program)}
    missing = capacity - len(before)
    if missing > 0:
        unused = (number for number in range(1, capacity + len(before) + 1) if number not in before)
        Place.objects.bulk_create(Place(program=program, number=next(unused)) for _ in range(missing))
    elif missing < 0:
        _delete_free(program, -missing)
    after = {place.number: place for place in Place.objects.filter(program=program)}
    made = [after[number] for number in after.keys() - before.keys()]
    gone = [before[number] for number in before.keys() - after.keys()]
    if made or gone or changed:
        name = "forms_ext.admission.set_places"
        events.append(name, program, made=made, changed=changed, gone=gone, places=len(after))
    return len(after)


def _delete_free(program: Program, count: int) -> None:
    """Delete up to `count` free places, the highest numbers first, in one statement that never meets a taken one."""
    skip = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    table = connection.ops.quote_name(Place._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE invitation_id IS NULL AND id IN ("  # noqa: S608
            f"SELECT id FROM {table} WHERE program_id = %s AND invitation_id IS NULL "
            f"ORDER BY number DESC LIMIT %s{skip})",
            [program.pk, count],
        )


def place_of(invitation: Invitation) -> Place | None:
    """Return the place that `invitation` holds or keeps, or None."""
    return Place.objects.filter(invitation=invitation).first()


def ended(moment: datetime) -> "list[Place]":
    """Return the places whose hold has expired at `moment`, the earliest first."""
    places = Place.objects.filter(held_until__lte=moment, kept_at__isnull=True).order_by(F("held_until"), "pk")
    return list(places.select_related("invitation"))
