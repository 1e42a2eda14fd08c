"""Convert values to the text of a cell, and back."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cop_program.formatting import minor_unit

from .columns import Column
from .guard import STARTS, guard, guard_number, unguard
from .options import DATE_FORMATS, Options
from .rows import Table, exact

type Write = Callable[[Sequence[Any]], list[str]]
SEPARATOR = "; "


def join(texts: Iterable[str]) -> str:
    """Join several choices in one cell; quote a choice that contains a semicolon or a quotation mark."""
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
    """Return the quoted text that begins at `at`, and where it ends."""
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


def with_amounts(table: Table, columns: Sequence[Column]) -> Table:
    """Return `table` with the decimals of its currencies in the columns of money."""
    places = {column.key: place for place, column in enumerate(columns)}
    made = list(table)
    for place, column in enumerate(columns):
        if column.type == "money":
            pairs = zip(table[place], table[places[column.currency]], strict=True)
            made[place] = [None if value is None else amount(value, currency) for value, currency in pairs]
    return made


def plain(value: Any) -> str:
    """Return the text of any value, whatever its type; a formula is still one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = str(value)
        return f"{Decimal(text):f}" if "e" in text else text
    if isinstance(value, list):
        return join(map(str, value))
    if isinstance(value, dict):
        return str(value["name"]) if "name" in value else json.dumps(value, ensure_ascii=False)
    return str(value)


def _each(text: Callable[[Any], str]) -> Write:
    return lambda values: ["" if value is None else text(value) for value in values]


_anything = _each(lambda value: guard(plain(value)))


def _texts(values: Sequence[Any]) -> list[str]:
    try:
        return ["" if text is None else text if text[:1] not in STARTS else guard(text) for text in values]
    except (TypeError, KeyError):  # an answer whose type does not match its question
        return _anything(values)


def _numbers(values: Sequence[Any]) -> list[str]:
    return [
        str(number) if type(number) is int else "" if number is None else guard_number(plain(number))
        for number in values
    ]


def _moment(options: Options) -> Callable[[datetime], str]:
    zone = options.zone
    return (lambda value: str(value.astimezone(zone))[:19]) if options.date_format == "iso" else options.moment


def writer(column: Column, options: Options) -> Write:
    """Return what makes harmless texts of the values of `column`."""
    if column.type == "text" or (column.type == "date" and column.question and options.date_format == "iso"):
        return _texts
    if column.type == "number":
        return _numbers
    known: dict[str, Callable[[Any], str]] = {
        "date": lambda value: options.day(date.fromisoformat(value) if isinstance(value, str) else value),
        "moment": _moment(options),
        "money": str,
    }
    return _each(known[column.type]) if column.type in known else _anything


def reader(column: Column, options: Options) -> Callable[[str], Any]:
    """Return what reads a cell of `column` back: the stored value, None if the cell is empty."""

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
