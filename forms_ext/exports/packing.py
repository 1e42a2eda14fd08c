"""The stored PDFs of invoices as one ZIP."""

from collections.abc import Iterable, Iterator, Sequence

from ..base import private_files
from .columns import Column, field
from .options import Options
from .rows import Table
from .zipping import pack

CHUNK = 65_536
COLUMNS = [field("number", "number"), field("file__path", "path")]


def _read(path: str) -> Iterator[bytes]:
    with private_files.open(path) as file:
        while part := file.read(CHUNK):
            yield part


def encode(tables: Iterable[Table], columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Yield a ZIP of the PDFs, each under the number of its invoice."""
    return pack((f"{number}.pdf", _read(path)) for table in tables for number, path in zip(*table, strict=True))
