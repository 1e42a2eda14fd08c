"""Read an export back: the stored values, with harmless cells restored."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .columns import Column
from .options import Options
from .texts import reader


def read_csv(lines: Iterable[str], columns: Sequence[Column], options: Options) -> Iterator[dict[str, Any]]:
    """Yield the rows of a CSV by the keys of `columns`; give it a file opened with `newline=""` and `utf-8-sig`."""
    found = csv.reader(lines, delimiter=options.delimiter, strict=True)
    next(found)
    readers = [(column.key, reader(column, options)) for column in columns]
    for cells in found:
        yield {key: read(cell) for (key, read), cell in zip(readers, cells, strict=True)}
