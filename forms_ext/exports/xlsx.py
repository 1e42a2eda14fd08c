"""XLSX as a stream: rows are packed as they arrive, so neither the sheet nor the file is ever in memory as a whole.

The format is ISO/IEC 29500. `docs/decisions/0010-xlsx-as-a-stream.md` says why no library writes it.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from . import workbook
from .columns import Column, headings
from .options import Options
from .rows import Table
from .texts import join, with_amounts
from .workbook import STYLES
from .zipping import Sink

LAST_ROW = 1_048_576
LAST_BYTE = 1_000_000_000  # of a sheet's XML: above 2 GB, a ZIP needs a format that Excel does not read
LONGEST = 32_767
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
SPECIAL = re.compile("[&<>\r]|" + UNREADABLE.pattern)
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
RISKY = frozenset("=+-@\t\r\n＝＋－＠'")

type Cell = Callable[[Any], str]


def _entity(match: re.Match[str]) -> str:
    found = match[0]
    if found in ENTITIES:
        return ENTITIES[found]
    return f"_x{ord(found):04X}_" if len(found) == 1 else f"_x005F{found}"


def escape(text: str) -> str:
    """Return `text` as XML, cut to the size of a cell."""
    if len(text) > LONGEST // 2 and len(text.encode("utf-16-le")) > 2 * LONGEST:
        text = text.encode("utf-16-le")[: 2 * LONGEST - 2].decode("utf-16-le", "ignore") + "…"
    return SPECIAL.sub(_entity, text) if SPECIAL.search(text) else text


def column_name(place: int) -> str:
    """Return the name of a column: A, …, Z, AA, …"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def text_cell(value: Any) -> str:
    """Return a text: a string by type, and marked as one if a spreadsheet that edits it would see a formula."""
    text = value if type(value) is str else str(value)
    style = f' s="{STYLES["quoted"]}"' if text[:1] in RISKY else ""
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number_cell(value: Any, style: str = "") -> str:
    """Return a number."""
    return f"{style}><v>{value}</v></c>"


def any_cell(value: Any) -> str:
    """Return an answer as a cell of its own type."""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return number_cell(value)
    if isinstance(value, list):
        return text_cell(join(map(str, value)))
    if isinstance(value, dict):
        return text_cell(value.get("name", ""))
    return text_cell(value)


def days(value: date) -> int:
    """Return a day as spreadsheets count them; only those from March 1900 on are the same in all of them."""
    return value.toordinal() - 693_594


def date_cell(value: Any) -> str:
    """Return a real date; as a text if spreadsheets know no such day."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if day.year < 1901:
        return text_cell(day.isoformat())
    return number_cell(days(day), f' s="{STYLES["date"]}"')


def _moment_cell(options: Options) -> Cell:
    def cell(value: datetime) -> str:
        local = value.astimezone(options.zone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return number_cell(repr(days(local) + seconds / 86_400), f' s="{STYLES["moment"]}"')

    return cell


def money_cell(value: Decimal) -> str:
    """Return an amount, shown with the decimals that it has."""
    decimals = min(3, max(0, -int(value.as_tuple().exponent)))
    return number_cell(value, f' s="{STYLES[f"money{decimals}"]}"')


class Sheet:
    """Makes the XML of rows."""

    def __init__(self, columns: Sequence[Column], options: Options) -> None:
        cells: dict[str, Cell] = {
            "text": text_cell, "date": date_cell, "moment": _moment_cell(options), "money": money_cell,
        }  # fmt: skip
        self.columns = [(f'<c r="{column_name(place)}', cells.get(c.type, any_cell)) for place, c in enumerate(columns)]
        self.names = headings(columns, zone=options.time_zone, by=options.headings)

    def head(self, widths: Sequence[int]) -> str:
        """Return the sheet up to its first row of values: a frozen line of headings, and the widths."""
        cells = "".join(
            f'{start}1" s="{STYLES["head"]}" t="inlineStr"><is><t xml:space="preserve">{escape(name)}</t></is></c>'
            for (start, _cell), name in zip(self.columns, self.names, strict=True)
        )
        return workbook.sheet_head(widths) + f'<row r="1">{cells}</row>'

    def row(self, number: int, values: Sequence[Any]) -> str:
        """Return one row."""
        cells = [
            f'{start}{number}"{cell(value)}'
            for (start, cell), value in zip(self.columns, values, strict=True)
            if value is not None
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def widths(self, sample: Iterable[Sequence[Any]]) -> list[int]:
        """Return a width for each column that fits its heading and most of the first rows."""
        found = [max(10, min(30, len(name) + 2)) for name in self.names]
        for row in sample:
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    found[place] = max(found[place], 20)
                elif value is not None:
                    found[place] = max(found[place], min(60, len(str(value)) + 2))
        return found


def encode(tables: Iterable[Table], columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Return an XLSX piece by piece: rows on as many sheets as they need, and a sheet that describes the columns."""
    batches: Iterator[list[Sequence[Any]]] = (list(zip(*with_amounts(table, columns), strict=True)) for table in tables)
    return _packed(batches, Sheet(columns, options), _about(columns), (_("Rows"), _("Columns")), options)


def _packed(
    todo: Iterator[list[Sequence[Any]]], sheet: Sheet, about: str, titles: tuple[str, str], options: Options
) -> Iterator[bytes]:
    sink = Sink()
    first = next(todo, [])
    start = sheet.head(sheet.widths(first[:200])).encode()
    names: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        rest: Iterator[Sequence[Any]] = chain.from_iterable(chain([first], todo))
        row = next(rest, None)
        while row is not None or not names:
            names.append(f"{titles[0]} {len(names) + 1}" if names else titles[0])
            with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as member:
                member.write(start)
                number, written, lines = 1, 0, []
                while row is not None and number < LAST_ROW and written < LAST_BYTE:
                    number += 1
                    lines.append(sheet.row(number, row))
                    row = next(rest, None)
                    if len(lines) == 500 or row is None:
                        data = "".join(lines).encode()
                        lines.clear()
                        written += len(data)
                        member.write(data)
                        yield sink.take()
                member.write("".join(lines).encode())
                member.write(workbook.SHEET_END.encode())
        names.append(titles[1])
        archive.writestr(f"xl/worksheets/sheet{len(names)}.xml", about)
        for name, text in workbook.parts(names, options):
            archive.writestr(name, text)
    yield sink.take()


def _about(columns: Sequence[Column]) -> str:
    """Return the sheet with the contract: key, label now, labels before, type."""
    lines: list[list[str]] = [[_("Key"), _("Label"), _("Earlier labels"), _("Type")]]
    lines += [[c.key, str(c.label), "\n".join(c.earlier), c.type] for c in columns]
    rows = "".join(
        f'<row r="{number}">'
        + "".join(f'<c r="{column_name(place)}{number}"{text_cell(text)}' for place, text in enumerate(line))
        + "</row>"
        for number, line in enumerate(lines, 1)
    )
    return workbook.sheet_head([30, 40, 40, 12]) + rows + workbook.SHEET_END
