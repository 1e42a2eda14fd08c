"""CSV by PostgreSQL's COPY: the server extracts the answers while we turn what it has sent into CSV.

The result equals that of `csv_lines.encode`, byte for byte; a test compares both. COPY's text format, not its CSV, is
used: tabs and line ends in it are always separators, so a whole batch is converted at once.
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
from .guard import guard, guard_number
from .options import Options
from .rows import BATCH

MOMENTS = {"iso": "YYYY-MM-DD", "day": "DD.MM.YYYY", "month": "MM/DD/YYYY"}
# The first characters of `guard`: escaped ones as a backslash, wide ones as their first byte.
FIRST = b"['=+\\-@\\\\\xef]"
RISKY = re.compile(b"\t" + FIRST), re.compile(b"\n" + FIRST)  # each with one byte to search for, which is fast
ESCAPED = re.compile(rb"\\(.)")
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"\\": b"\\"}
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
    """Return a CSV piece by piece: its header at once, then what the server sends."""
    return chain([csv_lines.head(columns, options)], _copied(rows, columns, options))


def _copied(rows: QuerySet, columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    connection: Any = connections[rows.db]
    query, parameters = rows.values_list(*(_expression(c, options) for c in columns)).query.sql_with_params()
    copy = connection.ops.compose_sql(f"COPY ({query}) TO STDOUT WITH (FORMAT text, NULL '')", parameters)
    turn = _turner(columns, options)
    with transaction.atomic(using=rows.db), connection.cursor() as cursor, cursor.copy(copy) as copied:
        yield from map(turn, batched(iter(copied.read, b""), BATCH, strict=False))


def _turner(columns: Sequence[Column], options: Options) -> Callable[[Sequence[Any]], bytes]:
    """Return what turns lines of COPY into CSV; only lines with a risky cell are taken apart."""
    guards = [guard_number if column.type == "number" else guard for column in columns]
    between = f'"{options.delimiter}"'.encode()

    def quick(text: bytes) -> bytes:
        if b'"' in text:
            text = text.replace(b'"', b'""')
        text = text.replace(b"\t", between).replace(b"\n", b'"\r\n"')
        return _unescaped(b'"' + text[:-1])

    def careful(line: bytes) -> bytes:
        if not _is_risky(line):
            return quick(line)
        cells = [_unescaped(cell).decode() for cell in line[:-1].split(b"\t")]
        return csv_lines.lines([[harmless(cell)] for harmless, cell in zip(guards, cells, strict=True)], options)

    def turn(batch: Sequence[Any]) -> bytes:
        text = b"".join(batch)
        return b"".join(map(careful, map(bytes, batch))) if _is_risky(text) else quick(text)

    return turn


def _is_risky(text: bytes) -> bool:
    """Tell whether any cell may have to be made harmless."""
    cells, lines = RISKY
    return cells.search(text) is not None or lines.search(b"\n" + text) is not None


def _unescaped(text: bytes) -> bytes:
    return ESCAPED.sub(lambda found: ESCAPES[found[1]], text) if b"\\" in text else text
