"""Rows that are chained: each holds a hash of its columns and of its predecessor's hash.

`docs/decisions/0017-chained-rows.md` says what that shows, and what not.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, ClassVar, NamedTuple

from django.apps import apps
from django.db import models, transaction
from django.db.models.base import ModelBase
from djmoney.money import Money

from . import number_series
from .frozen import FrozenModel, FrozenQuerySet
from .models import NumberSequence

#: The series of the events, which `events.py` chains.
EVENTS = "events"


class Columns(NamedTuple):
    """What one numbered list of columns hashes: those in the clear, and personal ones by a salted digest."""

    clear: tuple[str, ...]
    personal: tuple[str, ...] = ()


class ChainedQuerySet(FrozenQuerySet):
    """Chains rows that are made in bulk, too."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Chain and insert `objs`. Raise ValueError if a row that is left out would leave a gap in its series."""
        if kwargs.get("ignore_conflicts") and not self.model.follows:
            raise ValueError("Rows of a number series cannot be left out.")
        rows = list(objs)
        with transaction.atomic(savepoint=False):
            for row in rows:
                row.link()
            return super().bulk_create(rows, *args, **kwargs)


class ChainedModel(FrozenModel):
    """A frozen model whose rows form one chain for each `series`: no row has two successors.

    The number and the predecessor are drawn from the number series of that key, under its lock. With `follows`, the
    name of a foreign key, a chain is one row that has the row there as its predecessor.
    """

    #: The numbered lists. A list is never changed; new columns begin the next one.
    lists: ClassVar[dict[int, Columns]] = {}
    #: What `series_key` and the columns of the lists read from other tables.
    related: ClassVar[tuple[str, ...]] = ()
    follows: ClassVar[str] = ""

    chain = models.PositiveSmallIntegerField(editable=False)
    series = models.CharField(max_length=80, editable=False)
    sequence_number = models.PositiveIntegerField(editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    personal_digest = models.CharField(max_length=64, blank=True, editable=False)
    row_hash = models.CharField(max_length=64, unique=True, editable=False)
    objects: ClassVar[models.Manager[Any]] = ChainedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence_number"], name="%(app_label)s_%(class)s_number_once"),
            models.UniqueConstraint(fields=["series", "previous_hash"], name="%(app_label)s_%(class)s_no_fork"),
        ]

    def series_key(self) -> str:
        """Return the key of the chain that this row belongs to."""
        raise NotImplementedError

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        written = {"force_insert": force_insert, "force_update": force_update, "using": using}
        if not self._state.adding:
            super().save(**written, update_fields=update_fields)  # type: ignore[arg-type]
            return
        with transaction.atomic(savepoint=False):
            self.link()
            super().save(**written, update_fields=update_fields)  # type: ignore[arg-type]

    def link(self) -> None:
        """Make this new row the last of its chain; a number drawn for it before is kept."""
        self.chain, self.series = max(self.lists), self.series_key()
        if self.follows:
            self.sequence_number, self.previous_hash = 1, getattr(self, self.follows).row_hash
        elif not self.sequence_number:
            self.sequence_number, self.previous_hash = number_series.take(self.series)
        if self.lists[self.chain].personal:
            self.salt = secrets.token_hex(16)
        self.personal_digest = self.compute_digest()
        self.row_hash = self.compute_hash()
        if not self.follows:
            number_series.keep_hash(self.series, self.row_hash)

    def compute_digest(self) -> str:
        """Return the salted digest of the personal columns as they are now; "" if the list has none."""
        personal = self.lists[self.chain].personal
        return sha256_of([self.salt, *self._values(personal)]) if personal or self.salt else ""

    def compute_hash(self) -> str:
        """Return the hash of this row as it is now."""
        place = [self._meta.label_lower, self.chain, self.series, self.sequence_number, self.previous_hash]
        return sha256_of([*place, self.personal_digest, *self._values(self.lists[self.chain].clear)])

    def _values(self, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            value = getattr(self, name)
            field = next((field for field in self._meta.concrete_fields if field.attname == name), None)
            yield name, plain(field.to_python(value) if field and not isinstance(value, Money) else value)


def plain(value: Any) -> Any:
    """Return `value` as JSON has it, the same before it is stored and after, on each database."""
    if isinstance(value, Money):
        return f"{value.amount.normalize():f} {value.currency}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def sha256_of(value: list[Any]) -> str:
    """Return the hash of a list of plain values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def chained_models() -> list[type[ChainedModel]]:
    """Return every model whose rows are chained."""
    return [model for model in apps.get_models() if issubclass(model, ChainedModel)]


def _ordered(model: type[ChainedModel]) -> "models.QuerySet[Any]":
    return models.QuerySet(model).order_by("series", "sequence_number", "pk")


def _name(model: type[ChainedModel], series: str) -> str:
    return f"{model._meta.model_name}:{series}"


class Head(NamedTuple):
    """How many rows a chain has, and the hash of its last one."""

    chain: str
    rows: int
    last_hash: str


type Links = Callable[[], Iterator[Head]]

_more: list[Links] = []


def add(links: Links) -> Links:
    """Let heads hold another chain, whose rows `links` yields in their order: name, number and hash."""
    _more.append(links)
    return links


def _links() -> Iterator[Head]:
    """Yield each row of each chain."""
    for model in chained_models():
        rows = _ordered(model).values_list("series", "sequence_number", "row_hash").iterator(chunk_size=2000)
        yield from (Head(_name(model, series), number, row_hash) for series, number, row_hash in rows)
    for links in _more:
        yield from links()


def heads() -> Iterator[Head]:
    """Yield the head of each chain, read from its rows."""
    for chain, group in groupby(_links(), key=lambda row: row.chain):
        hashes = [row.last_hash for row in group]
        yield Head(chain, len(hashes), hashes[-1])


def lost_heads(kept: Iterable[Head]) -> Iterator[str]:
    """Yield a sentence for each head kept elsewhere whose row is not there any more as it was."""
    wanted = set(kept)
    for head in wanted.difference(_links()):
        yield f"{head.chain}: row {head.rows} is not the one whose hash was kept."


def broken_links() -> Iterator[str]:
    """Recompute every chain; yield a sentence for each row that was changed, removed, inserted or moved."""
    expected = {
        key: (number, last_hash)
        for key, number, last_hash in NumberSequence.objects.exclude(key=EVENTS).values_list(
            "key", "last_number", "last_hash"
        )
    }
    followed = set()
    for model in chained_models():
        rows = _ordered(model).select_related(*model.related) if model.related else _ordered(model)
        for series, group in groupby(rows.iterator(chunk_size=500), key=lambda row: row.series):
            name, last = _name(model, series), None
            for row in group:
                yield from (f"{name}: row {row.sequence_number} {what}." for what in _found(row, last))
                last = row
            followed.add(series)
            if last and not model.follows and expected.get(series) != (last.sequence_number, last.row_hash):
                yield f"{name}: its last row is not the one that was written last."
    for key, (_number, last_hash) in expected.items():
        if last_hash and key not in followed:
            yield f"{key}: all its rows are gone."


def _found(row: Any, last: Any) -> list[str]:
    """Return what is wrong with `row`; a row that cannot be read is wrong, whatever the reason."""
    try:
        return list(_faults(row, last))
    except Exception as error:
        return [f"cannot be read ({type(error).__name__})"]


def _faults(row: Any, last: Any) -> Iterator[str]:
    """Yield what is wrong with `row`, which follows `last` (None if it is the first)."""
    number, previous_hash = (last.sequence_number + 1, last.row_hash) if last else (1, "")
    if row.follows and not last:
        previous_hash = getattr(row, row.follows).row_hash
    if row.sequence_number != number:
        yield f"comes where row {number} should be"
    if row.previous_hash != previous_hash:
        yield "does not follow the row before it"
    if last and row.pk < last.pk:
        yield "has changed places with another row"
    if row.chain not in row.lists:
        yield f"has the unknown list of columns {row.chain}"
        return
    if row.series != row.series_key():
        yield f"belongs to {row.series_key()}"
    if row.personal_digest != row.compute_digest():
        yield "had its personal values changed"
    if row.row_hash != row.compute_hash():
        yield "was changed"
