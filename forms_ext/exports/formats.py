"""The formats of an export. A new one is a module with `encode` and an entry here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import csv_lines, json_lines, packing, xlsx
from .columns import Column
from .options import Options
from .rows import Table


@dataclass(frozen=True)
class Format:
    """How rows become bytes.

    `is_table` is False for files; `splits_choices` is False where a question with several choices is always one value.
    """

    content_type: str
    label: str | Promise
    encode: Callable[[Iterator[Table], list[Column], Options], Iterator[bytes]]
    is_table: bool = True
    splits_choices: bool = True


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", _("CSV"), csv_lines.encode),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel (XLSX)"), xlsx.encode),
    "jsonl": Format("application/x-ndjson", _("JSON lines"), json_lines.encode, splits_choices=False),
    "zip": Format("application/zip", _("ZIP"), packing.encode, is_table=False),
}


def fitting(*, is_files: bool) -> dict[str, Format]:
    """Return the formats of tables, or those of files, by name."""
    return {name: format for name, format in FORMATS.items() if format.is_table != is_files}
