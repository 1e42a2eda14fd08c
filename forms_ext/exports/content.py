"""The bytes of an export in its format."""

from collections.abc import Callable, Iterator

from . import copying, packing, rows
from .formats import FORMATS
from .models import Export
from .options import Options
from .sources import SOURCES


def stream(export: Export, tell: Callable[[int], None] | None = None) -> Iterator[bytes]:
    """Yield the bytes of `export`, from the rows as they are now.

    A table that is streamed is one query. Files, which take long, and background exports run a query for each batch. In
    the background, `tell` is called with the number of rows done.
    """
    source, format, options = SOURCES[export.source], FORMATS[export.format], Options.from_data(export.options)
    found = source.rows(export.query, export.made_by)
    columns = packing.COLUMNS
    if not source.is_files:
        columns = source.columns(found, split_choices=options.split_choices and format.splits_choices)
    if tell is None and export.format == "csv" and copying.possible(found, columns, options):
        return copying.encode(found, columns, options)
    tables = (rows.paged if tell or source.is_files else rows.stream)(found, columns)
    return format.encode(_telling(tables, tell) if tell else tables, columns, options)


def _telling(tables: Iterator[rows.Table], tell: Callable[[int], None]) -> Iterator[rows.Table]:
    done = 0
    for table in tables:
        yield table
        done += len(table[0])
        tell(done)


def file_name(export: Export) -> str:
    """Return what the file is called: what it holds, and the day."""
    return f"{export.source}-{export.created_at:%Y-%m-%d}.{export.format}"
