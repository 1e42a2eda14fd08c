"""What happened: each action appends a row in its transaction. `docs/events.md` lists the names and their keys.

`docs/decisions/0021-events.md` says why, and what the audit finds by them.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F
from django.utils.functional import Promise

from cop_program.clock import now

from . import chains, row_states
from .chains import EVENTS, plain, sha256_of
from .models import Event, NumberSequence
from .references import reference_to

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

BATCH = 500


class Declared(NamedTuple):
    """What an event is called in a history, and what each key of its data means."""

    label: str | Promise
    keys: Mapping[str, str]


_declared: dict[str, Declared] = {}


def declare(name: str, label: str | Promise, keys: Mapping[str, str] | None = None) -> None:
    """Declare the event `name` (`forms_ext.<package>.<verb>`), its label, and the keys of its data."""
    _declared[name] = Declared(label, keys or {})


def declared() -> dict[str, Declared]:
    """Return all declared events by name."""
    return dict(_declared)


def label(name: str) -> str:
    """Return what the event `name` is called in a history."""
    return str(_declared[name].label) if name in _declared else name


def append(
    name: str,
    subject: models.Model,
    /,
    *,
    by: "AbstractBaseUser | None" = None,
    made: Iterable[models.Model] = (),
    changed: row_states.Changed | None = None,
    gone: Iterable[models.Model] = (),
    **data: Any,
) -> Event:
    """Append the event `name` about `subject`, in the caller's transaction, after the rows are written.

    `made`, `changed` (the names of its columns for each row) and `gone` are the watched rows that it is about. `data`
    is kept forever: references, states and figures, never personal text. Raise LookupError if the name, a key, a row or
    a column is not declared.
    """
    if name not in _declared:
        raise LookupError(f"Register {name!r} with base.history.register first.")
    if unknown := set(data) - set(_declared[name].keys):
        raise LookupError(f"Declare the key {min(unknown)!r} of {name!r} with base.history.register first.")
    salt = secrets.token_hex(16)
    rows = row_states.digests(salt, made=made, changed=changed, gone=gone)
    return Event.objects.create(
        name=name,
        subject=reference_to(subject),
        program_id=_program_of(subject),
        at=now(),
        by_id=by.pk if by else None,
        data=data,
        rows=rows,
        salt=salt if rows else "",
    )


def _program_of(subject: Any) -> int | None:
    """Return the program that `subject` is or belongs to; emails and their texts name it by their scope."""
    kind, _colon, pk = str(getattr(subject, "scope", "")).partition(":")
    return int(pk) if kind == "program" else getattr(subject, "program_id", None)


def about(*subjects: models.Model, names: Iterable[str] = ()) -> "models.QuerySet[Event]":
    """Return the events about `subjects` in their order: all, or only those of `names`."""
    found = Event.objects.filter(subject__in=[reference_to(subject) for subject in subjects])
    return (found.filter(name__in=names) if names else found).select_related("by")


def number() -> int:
    """Give the events that have none their position, in the order in which they are seen; return how many there were.

    It runs after their transactions, under the lock of one series: so no reader of positions misses an event whose
    transaction took longer. Each event then also holds the hash of its content and of the event before it.
    """
    count = 0
    while some := _number_some():
        count += some
    return count


@transaction.atomic
def _number_some() -> int:
    NumberSequence.objects.get_or_create(key=EVENTS)
    NumberSequence.objects.filter(key=EVENTS).update(last_number=F("last_number"))  # takes the lock
    position, last_hash = NumberSequence.objects.values_list("last_number", "last_hash").get(key=EVENTS)
    waiting = list(Event.objects.filter(position__isnull=True).order_by("pk")[:BATCH])
    for event in waiting:
        position += 1
        event.position, event.row_hash = position, _hash(event, position, last_hash)
        last_hash = event.row_hash
    if waiting:
        Event.objects.bulk_update(waiting, ["position", "row_hash"])
        NumberSequence.objects.filter(key=EVENTS).update(last_number=position, last_hash=last_hash)
    return len(waiting)


def _hash(event: Event, position: int, previous_hash: str) -> str:
    values = [event.pk, event.name, event.subject, event.program_id, plain(event.at), event.by_id]
    return sha256_of([position, previous_hash, *values, event.data, event.rows])


@chains.add
def links() -> Iterator[chains.Head]:
    """Yield position and hash of each numbered event."""
    numbered = Event.objects.filter(position__isnull=False).order_by("position")
    for position, row_hash in numbered.values_list("position", "row_hash").iterator(chunk_size=2000):
        yield chains.Head(f"event:{EVENTS}", position or 0, row_hash)


def broken_links() -> Iterator[str]:
    """Recompute the chain of the events; yield a sentence for each that was changed, removed, inserted or moved."""
    position, last_hash = 0, ""
    numbered = Event.objects.filter(position__isnull=False).order_by("position")
    for event in numbered.iterator(chunk_size=2000):
        position += 1
        if event.position != position:
            yield f"Event {event.pk} has position {event.position}, where {position} should be."
            position = event.position or position
        if event.row_hash != _hash(event, position, last_hash):
            yield f"Event {event.pk} ({event}) was changed, or does not follow the one before it."
        last_hash = event.row_hash
    series = NumberSequence.objects.filter(key=EVENTS).values_list("last_number", "last_hash").first()
    if (series or (0, "")) != (position, last_hash):
        yield "The last event is not the one that was written last."


def unrecorded() -> Iterator[str]:
    """Yield a sentence for each watched row that no event made, changed or deleted as it is now."""
    last: dict[str, list[_Kept] | None] = {}
    kept = Event.objects.exclude(rows={}).order_by("pk").values_list("pk", "by_id", "salt", "rows")
    for pk, by, salt, rows in kept.iterator(chunk_size=2000):
        for reference, columns in rows.items():
            if columns is None:
                last[reference] = None
            else:
                last[reference] = [_Kept(pk, by, salt, columns), *(last.get(reference) or [])]
    users = set(get_user_model()._default_manager.values_list("pk", flat=True))
    for one in row_states.watched():
        yield from _differing(one, last, users)
    for reference, states in last.items():
        if states is not None:
            yield f"{reference} is gone, and no event says so."


class _Kept(NamedTuple):
    """The digests that one event keeps of one row."""

    event: int
    by: int | None
    salt: str
    columns: dict[str, str]


def _differing(watched: row_states.Watched, last: dict[str, list[_Kept] | None], users: set[int]) -> Iterator[str]:
    """Yield what is wrong with the rows of one model, and take them out of `last`."""
    model, columns, is_made_by_events = watched
    kind = model._meta.model_name
    may_become_empty = {column for column in columns if row_states.may_become_empty(model, column)}
    for pk, *values in models.QuerySet(model).order_by("pk").values_list("pk", *columns).iterator(chunk_size=2000):
        reference = f"{kind}:{pk}"
        states = last.pop(reference, None)
        if not states:
            if is_made_by_events:
                yield f"{reference} was made by no event."
            continue
        for column, value in zip(columns, values, strict=True):
            kept = next((state for state in states if column in state.columns), None)
            if kept is None or kept.columns[column] == row_states.digest(kept.salt, reference, column, value):
                continue
            if value is None and column in may_become_empty and kept.by not in users:
                continue  # the user was deleted
            yield f"{reference}: {column} is not what event {kept.event} has left."
