"""CSV as RFC 4180 has it: CRLF at the end of a line, every cell in quotation marks."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from .columns import Column, headings
from .guard import STARTS, guard
from .options import Options
from .rows import Row
from .texts import amount, plain, writer

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Lines:
    """Turns rows of texts into bytes: every cell in quotation marks, in a fifth of the time that `csv` takes."""

    def __init__(self, options: Options) -> None:
        self.between = f'"{options.delimiter}"'

    def line(self, texts: Sequence[str]) -> str:
        """Return one line with its end."""
        line = self.between.join(texts)
        if line.count('"') != 2 * (len(texts) - 1):
            line = self.between.join([text.replace('"', '""') for text in texts])
        return f'"{line}"\r\n'

    def encode(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Return `rows` as lines."""
        return "".join(map(self.line, rows)).encode()


def head(columns: Sequence[Column], options: Options) -> bytes:
    """Return the line of headings, with the byte order mark where it is wanted."""
    names = headings(columns, zone=options.time_zone, by=options.headings)
    return (BOM.encode() if options.bom else b"") + Lines(options).encode([[guard(name) for name in names]])


def cells(columns: Sequence[Column], options: Options) -> Callable[[Row], list[str]]:
    """Return what makes the texts of one row."""
    places = {column.key: place for place, column in enumerate(columns)}
    money = [(place, places[column.currency]) for place, column in enumerate(columns) if column.type == "money"]
    numbers = [place for place, column in enumerate(columns) if column.type in {"number", "money"}]
    written = [(place, writer(column, options)) for place, column in enumerate(columns)]
    others = [(place, write) for place, write in written if write is not None]

    def make(row: Row) -> list[str]:
        for place, currency in money:
            if row[place] is not None:
                row[place] = amount(row[place], row[currency])
        for place, write in others:
            if row[place] is not None:
                row[place] = write(row[place])
        try:
            texts = ["" if text is None else text if text[:1] not in STARTS else guard(text) for text in row]
        except TypeError:  # an answer of another type than its question asks for
            texts = ["" if value is None else guard(plain(value)) for value in row]
        for place in numbers:
            if texts[place][:1] == "'":  # below zero, and no formula
                texts[place] = texts[place][1:]
        return texts

    return make


def encode(batches: Iterable[list[Row]], columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Return a CSV piece by piece: its head at once, then a batch of rows each."""
    make, lines = cells(columns, options), Lines(options)
    return chain([head(columns, options)], (lines.encode(map(make, batch)) for batch in batches))


def parse(line: str, delimiter: str) -> list[Any]:
    """Return the cells of one row of a CSV."""
    return next(csv.reader([line], delimiter=delimiter, strict=True))
