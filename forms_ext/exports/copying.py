"""CSV by PostgreSQL's COPY: the server writes the lines of answers, we look only at those that need a hand.

The values are those of `rows.stream`, the texts those of `texts`: a test holds both ways against each other.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import batched, chain
from typing import Any

from django.db import connections, transaction
from django.db.models import CharField, Expression, F, Func, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from . import csv_lines
from .columns import Column
from .guard import guard
from .options import Options
from .rows import BATCH

MOMENTS = {"iso": "YYYY-MM-DD", "day": "DD.MM.YYYY", "month": "MM/DD/YYYY"}
RISKY = re.compile(b"\"['=+\\-@\t\r\n\xef]")  # a first character of `guard`, the wide ones by their first byte
SIMPLE = {"text", "number", "boolean", "moment", "date", "file"}


class LocalText(Func):
    """An instant as text, in a zone."""

    template = "to_char(%(expressions)s)"
    output_field = TextField()

    def __init__(self, source: str, options: Options) -> None:
        local = Func(Value(options.time_zone), F(source), function="timezone", output_field=CharField())
        super().__init__(local, Value(f"{MOMENTS[options.date_format]} HH24:MI:SS"))


def possible(rows: QuerySet, columns: Sequence[Column], options: Options) -> bool:
    """Tell whether COPY can write these columns."""
    return (
        connections[rows.db].vendor == "postgresql"
        and options.delimiter != "\t"  # which may begin a formula
        and all(c.choice is None and c.type in SIMPLE and not (c.source and c.type == "boolean") for c in columns)
        and (options.date_format == "iso" or all(c.type != "date" for c in columns))
    )


def _expression(column: Column, options: Options) -> Expression:
    """Return what the server writes: a field, an instant in its zone, or an answer as text."""
    if column.type == "moment":
        return LocalText(column.source, options)
    if column.source:
        return Cast(column.source, TextField())
    if column.type == "file":
        return KeyTextTransform("name", KeyTransform(column.question, "answers"))
    return KeyTextTransform(column.question, "answers")


def encode(rows: QuerySet, columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Return a CSV piece by piece: its head at once, then what the server sends."""
    return chain([csv_lines.head(columns, options)], _copied(rows, columns, options))


def _copied(rows: QuerySet, columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    query, parameters = rows.values_list(*(_expression(c, options) for c in columns)).query.sql_with_params()
    copy = f"COPY ({query}) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *, DELIMITER '{options.delimiter}')"
    finish = _finisher(columns, options)
    connection: Any = connections[rows.db]
    with (
        transaction.atomic(using=rows.db),
        connection.cursor() as cursor,
        cursor.copy(connection.ops.compose_sql(copy, parameters)) as lines,
    ):
        for batch in batched(lines, BATCH, strict=False):
            yield finish(batch)


def _finisher(columns: Sequence[Column], options: Options) -> Callable[[Sequence[Any]], bytes]:
    """Return what ends lines as RFC 4180 has it and makes risky cells harmless: most batches have none."""
    texts = [place for place, column in enumerate(columns) if column.type in {"text", "file", "date"}]
    lines = csv_lines.Lines(options)

    def careful(line: bytes) -> bytes:
        if not RISKY.search(line):
            return line + b"\r\n"
        cells = csv_lines.parse(line.decode(), options.delimiter)
        for place in texts:
            cells[place] = guard(cells[place])
        return lines.encode([cells])

    def finish(batch: Sequence[Any]) -> bytes:
        stripped = [bytes(line[:-1]) for line in batch]
        joined = b"\r\n".join(stripped) + b"\r\n"
        return b"".join(map(careful, stripped)) if RISKY.search(joined) else joined

    return finish
