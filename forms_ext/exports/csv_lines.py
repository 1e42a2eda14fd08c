"""CSV as RFC 4180 has it: CRLF at the end of a line, every cell in quotation marks."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from .columns import Column, headings
from .guard import guard
from .options import Options
from .rows import Row
from .texts import amount, writers

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Lines:
    """Turns rows of texts into bytes."""

    def __init__(self, options: Options) -> None:
        self.buffer = io.StringIO(newline="")
        self.writer = csv.writer(self.buffer, delimiter=options.delimiter, quoting=csv.QUOTE_ALL)

    def encode(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Return `rows` as lines."""
        self.writer.writerows(rows)
        text = self.buffer.getvalue()
        self.buffer.seek(0)
        self.buffer.truncate()
        return text.encode()


def head(columns: Sequence[Column], options: Options) -> bytes:
    """Return the line of headings, with the byte order mark where it is wanted."""
    names = headings(columns, zone=options.time_zone, by=options.headings)
    return (BOM.encode() if options.bom else b"") + Lines(options).encode([[guard(name) for name in names]])


def cells(columns: Sequence[Column], options: Options) -> Callable[[Row], list[str]]:
    """Return what makes the texts of one row."""
    write = writers(columns, options)
    places = {column.key: place for place, column in enumerate(columns)}
    money = [(place, places[column.currency]) for place, column in enumerate(columns) if column.type == "money"]

    def make(row: Row) -> list[str]:
        for place, currency in money:
            if row[place] is not None:
                row[place] = amount(row[place], row[currency])
        return ["" if value is None else text(value) for text, value in zip(write, row, strict=True)]

    return make


def encode(batches: Iterable[list[Row]], columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Return a CSV piece by piece: its head at once, then a batch of rows each."""
    make, lines = cells(columns, options), Lines(options)
    return chain([head(columns, options)], (lines.encode(map(make, batch)) for batch in batches))


def parse(line: str, delimiter: str) -> list[Any]:
    """Return the cells of one row of a CSV."""
    return next(csv.reader([line], delimiter=delimiter, strict=True))
