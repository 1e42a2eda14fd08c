"""Seats: one row for each place, claimed by one conditional UPDATE.

Who frees, adds or queues holds the program's row (`lock`), so that no seat is free while somebody waits.
Rows are always locked in this order: application, account, program, seat.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cop_program.clock import now
from cop_program.models import Program

from .models import Invitation, Seat, WaitingListEntry

FREE = Q(invitation__isnull=True)


def lock(program: Program) -> Program:
    """Return `program` read anew, its row locked until the transaction ends."""
    rows = Program.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("page").get(pk=program.pk)


def _take(*, program: Program, invitation: Invitation, held_until: datetime, past_queue: bool) -> Seat | None:
    """Take the first free seat in one statement; PostgreSQL skips the rows that others are just taking."""
    free = Seat.objects.filter(FREE, program=program).order_by("number")
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True)
    rows = Seat.objects.filter(FREE, pk=free.values("pk")[:1])
    if not past_queue:
        queue = WaitingListEntry.objects.filter(
            program=OuterRef("program"), offered_at__isnull=True, left_at__isnull=True
        )
        rows = rows.filter(~Exists(queue))
    if not rows.update(invitation=invitation, held_until=held_until):
        return None
    return Seat.objects.get(invitation=invitation)


def claim(*, program: Program, invitation: Invitation, held_until: datetime) -> Seat | None:
    """Hold a free seat for `invitation` until `held_until`; None where none is free or somebody waits for one."""
    return _take(program=program, invitation=invitation, held_until=held_until, past_queue=False)


def claim_for_queue(*, program: Program, invitation: Invitation, held_until: datetime) -> Seat | None:
    """Hold a free seat for the first in the queue; the caller holds the program's row."""
    return _take(program=program, invitation=invitation, held_until=held_until, past_queue=True)


def _unchanged(seat: Seat) -> "QuerySet[Seat]":
    """Return the row of `seat` as long as the invitation that has it is the same."""
    return Seat.objects.filter(Q(pk=seat.pk, invitation_id=seat.invitation_id))


def keep(seat: Seat) -> bool:
    """Keep a held seat for good; False where the hold is gone."""
    kept = (
        _unchanged(seat).filter(held_until__isnull=False, kept_at__isnull=True).update(held_until=None, kept_at=now())
    )
    return bool(kept)


def hold_again(seat: Seat, held_until: datetime) -> bool:
    """Hold a kept seat until `held_until` only; False if it is not kept."""
    kept = _unchanged(seat).filter(kept_at__isnull=False)
    return bool(kept.update(held_until=held_until, kept_at=None))


def extend(seat: Seat, held_until: datetime) -> bool:
    """Let a hold end at another time; False where the hold is gone."""
    held = _unchanged(seat).filter(held_until__isnull=False)
    return bool(held.update(held_until=held_until))


def free(seat: Seat) -> bool:
    """Free a seat; False where somebody else has it by now. The caller holds the program's row."""
    freed = _unchanged(seat).filter(invitation__isnull=False).update(invitation=None, held_until=None, kept_at=None)
    return bool(freed)


def end_hold(seat: Seat, moment: datetime) -> bool:
    """Free a seat whose hold has ended by `moment` unpaid; False where it was kept, extended or freed meanwhile."""
    ended = (
        _unchanged(seat).filter(held_until__lte=moment, kept_at__isnull=True).update(invitation=None, held_until=None)
    )
    return bool(ended)


@transaction.atomic
def set_capacity(*, program: Program, capacity: int) -> int:
    """Add the places that are missing or delete free ones that are too many; return how many places there are."""
    lock(program)
    numbers = set(Seat.objects.filter(program=program).values_list("number", flat=True))
    missing = capacity - len(numbers)
    if missing > 0:
        unused = (number for number in range(1, capacity + len(numbers) + 1) if number not in numbers)
        Seat.objects.bulk_create(Seat(program=program, number=next(unused)) for _ in range(missing))
        return capacity
    if missing < 0:
        return len(numbers) - _delete_free(program, -missing)
    return capacity


def _delete_free(program: Program, count: int) -> int:
    """Delete up to `count` free seats, the highest numbers first, in one statement that never meets a taken one."""
    skip = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    table = connection.ops.quote_name(Seat._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE invitation_id IS NULL AND id IN ("  # noqa: S608
            f"SELECT id FROM {table} WHERE program_id = %s AND invitation_id IS NULL "
            f"ORDER BY number DESC LIMIT %s{skip})",
            [program.pk, count],
        )
        return cursor.rowcount


def of(invitation: Invitation) -> Seat | None:
    """Return the seat that `invitation` holds or keeps."""
    return Seat.objects.filter(invitation=invitation).first()


def ended(moment: datetime) -> "list[Seat]":
    """Return the seats whose hold has ended, the earliest first."""
    seats = Seat.objects.filter(held_until__lte=moment, kept_at__isnull=True).order_by(F("held_until"), "pk")
    return list(seats.select_related("invitation"))
