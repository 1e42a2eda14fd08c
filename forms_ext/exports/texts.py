"""Values as the text of a cell, and back: the one place that knows both ways."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cop_program.wording import minor_unit

from .columns import Column
from .guard import unguard
from .options import DATE_FORMATS, Options
from .rows import exact

type Write = Callable[[Any], str]
SEPARATOR = "; "


def join(texts: Iterable[str]) -> str:
    """Return several choices in one cell; a choice with a semicolon or a quotation mark stands in such marks."""
    return SEPARATOR.join(
        '"' + text.replace('"', '""') + '"' if not text or set(text) & set(';"\r\n') or text != text.strip() else text
        for text in texts
    )


def split(text: str) -> list[str]:
    """Return what `join` was given."""
    found, at = [], 0
    while at < len(text):
        if text[at] == '"':
            item, at = _quoted(text, at + 1)
        else:
            end = text.find(SEPARATOR, at)
            end = len(text) if end < 0 else end
            item, at = text[at:end], end
        found.append(item)
        at += len(SEPARATOR)
    return found


def _quoted(text: str, at: int) -> tuple[str, int]:
    """Return the text in quotation marks that begins at `at`, and where it has ended."""
    parts = []
    while True:
        end = text.index('"', at)
        parts.append(text[at:end])
        at = end + 1
        if text[at : at + 1] != '"':
            return '"'.join(parts), at
        at += 1


def amount(value: Any, currency: str) -> Decimal:
    """Return an amount with the decimals of its currency."""
    return exact(value).quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def plain(value: Any) -> str:
    """Return the text of any value, whatever its type; a formula is still one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return join(map(str, value))
    if isinstance(value, dict):
        return str(value["name"]) if "name" in value else json.dumps(value, ensure_ascii=False)
    return str(value)


def _date(options: Options) -> Write:
    return lambda value: options.day(date.fromisoformat(value) if isinstance(value, str) else value)


def _moment(options: Options) -> Write:
    zone = options.zone
    if options.date_format == "iso":
        return lambda value: value.astimezone(zone).isoformat(" ", "seconds")[:19]
    return options.moment


def writer(column: Column, options: Options) -> Write | None:
    """Return what makes a text of the values of `column`; None where they are texts already."""
    if column.type == "text" or (column.type == "date" and column.question and options.date_format == "iso"):
        return None
    known: dict[str, Write] = {"date": _date(options), "moment": _moment(options), "number": str, "money": str}
    return known.get(column.type, plain)


def reader(column: Column, options: Options) -> Callable[[str], Any]:
    """Return what reads a cell of `column` back: the stored value, None where the cell is empty."""

    def moment(text: str) -> datetime:
        return datetime.strptime(text, options.moment_format).replace(tzinfo=options.zone).astimezone(UTC)

    read: dict[str, Callable[[str], Any]] = {
        "number": lambda text: float(text) if set(text) & set(".eEn") else int(text),
        "money": Decimal,
        "boolean": lambda text: text == "true",
        "date": lambda text: datetime.strptime(text, DATE_FORMATS[options.date_format]).date().isoformat(),
        "moment": moment,
        "choices": lambda text: split(unguard(text)),
    }
    chosen = read.get(column.type, unguard)
    return lambda text: chosen(text) if text else None
