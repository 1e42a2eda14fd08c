"""CSV as in RFC 4180: lines end in CRLF, every cell is quoted."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from .columns import Column, headings
from .guard import guard
from .options import Options
from .rows import Table
from .texts import with_amounts, writer

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def lines(cells: Iterable[Sequence[str]], options: Options) -> bytes:
    """Return a table of texts as lines, in a tenth of the time that `csv` takes."""
    between = f'"{options.delimiter}"'
    rows = '"\r\n"'.join(map(between.join, zip(*map(_doubled, cells), strict=True)))
    return f'"{rows}"\r\n'.encode(errors="replace")  # a half surrogate has no bytes


def _doubled(texts: Sequence[str]) -> Sequence[str]:
    """Return the texts of a column with their quotation marks doubled."""
    return [text.replace('"', '""') for text in texts] if '"' in "".join(texts) else texts


def head(columns: Sequence[Column], options: Options) -> bytes:
    """Return the line of headings, with the byte order mark if it is wanted."""
    names = headings(columns, zone=options.time_zone, by=options.headings)
    return (BOM.encode() if options.bom else b"") + lines([[guard(name)] for name in names], options)


def encode(tables: Iterable[Table], columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Return a CSV piece by piece: its head at once, then a batch of rows each."""
    writers = [writer(column, options) for column in columns]

    def encoded(table: Table) -> bytes:
        pairs = zip(writers, with_amounts(table, columns), strict=True)
        return lines([write(values) for write, values in pairs], options)

    return chain([head(columns, options)], map(encoded, tables))
