"""Rows from a cursor that the server keeps: typed values in the order of the columns, never all at once."""

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import batched
from typing import Any

from django.db import connections, transaction
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from .columns import Column

BATCH = 1000

type Row = list[Any]


def stream(rows: QuerySet, columns: Sequence[Column]) -> Iterator[list[Row]]:
    """Yield batches of rows in one query, whose cursor ends with the generator.

    PostgreSQL keeps a cursor within a transaction; on SQLite that would be the lock to write, held for a slow reader.
    """
    found, make = _values(rows, columns)
    postgresql = connections[rows.db].vendor == "postgresql"
    with transaction.atomic(using=rows.db) if postgresql else nullcontext():
        for batch in batched(found.iterator(chunk_size=BATCH), BATCH, strict=False):
            yield [make(values) for values in batch]


def paged(rows: QuerySet, columns: Sequence[Column]) -> Iterator[list[Row]]:
    """Yield batches of rows in a query each, with no transaction around them: for work that takes long."""
    keys = array("q", rows.values_list("pk", flat=True).iterator(chunk_size=BATCH))
    found, make = _values(rows.order_by(), columns, "pk")
    for batch in batched(keys, BATCH, strict=False):
        there = {pk: values for pk, *values in found.filter(pk__in=batch)}
        yield [make(there[pk]) for pk in batch if pk in there]


def _values(rows: QuerySet, columns: Sequence[Column], *first: str) -> tuple[QuerySet, Callable[[Sequence[Any]], Row]]:
    """Return what fetches the values of `columns`, and what makes a row of them."""
    fields = [column for column in columns if column.source]
    raw = connections[rows.db].vendor == "sqlite"
    sources = [Cast(c.source, TextField()) if raw and c.type == "moment" else F(c.source) for c in fields]
    moments = [place for place, column in enumerate(fields) if raw and column.type == "moment"]
    if len(fields) == len(columns):
        return rows.values_list(*first, *sources), partial(_parse, moments)
    make = _with_answers(columns, moments)
    return rows.values_list(*first, *sources, Cast("answers", TextField())), make


def _parse(moments: Sequence[int], values: Sequence[Any]) -> Row:
    """Return a row whose instants are such: SQLite holds them as texts in UTC, which Django reads slowly."""
    row = list(values)
    for place in moments:
        if row[place] is not None:
            row[place] = datetime.fromisoformat(row[place]).replace(tzinfo=UTC)
    return row


def _with_answers(columns: Sequence[Column], moments: Sequence[int]) -> Callable[[Sequence[Any]], Row]:
    """Return what makes a row of fields and the text of the answers; fields stand before answers."""
    asked = [column for column in columns if column.question]
    questions = [column.question for column in asked]
    split = [(place, column.choice) for place, column in enumerate(asked) if column.choice is not None]
    decoder: Any = json.JSONDecoder()
    scan = decoder.scan_once  # a database holds no space around it

    def make(values: Sequence[Any]) -> Row:
        answers = list(map(scan(values[-1], 0)[0].get, questions))
        for place, choice in split:
            chosen = answers[place]
            answers[place] = None if chosen is None else choice in chosen
        return _parse(moments, values[:-1]) + answers

    return make


def exact(value: Any) -> Decimal:
    """Return an amount of money without the noise of SQLite's sums."""
    return Decimal(str(value)).quantize(Decimal("0.001"))
