"""JSON lines: one object per row, with the stored answers below `answers`."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .columns import Column
from .options import Options
from .rows import Table
from .texts import amount


def _plain(options: Options) -> Callable[[Any], Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(options.zone).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return format(value, "f")
        return str(value)

    return plain


def encode(tables: Iterable[Table], columns: Sequence[Column], options: Options) -> Iterator[bytes]:
    """Yield JSON lines, a batch of rows each."""
    places = {column.key: place for place, column in enumerate(columns)}
    money = [(c.key, place, places[c.currency]) for place, c in enumerate(columns) if c.type == "money"]
    currencies = {columns[currency].key for _key, _place, currency in money}
    fields = [
        (c.key, place) for place, c in enumerate(columns) if c.source and c.type != "money" and c.key not in currencies
    ]
    answers = [(c.question, place) for place, c in enumerate(columns) if c.question]
    dumps = json.JSONEncoder(ensure_ascii=False, default=_plain(options)).encode

    def make(row: Sequence[Any]) -> str:
        line: dict[str, Any] = {key: row[place] for key, place in fields}
        for key, place, currency in money:
            value = row[place]
            line[key] = value and {"amount": f"{amount(value, row[currency]):f}", "currency": row[currency]}
        if answers:
            line["answers"] = {key: _answer(row[place]) for key, place in answers if row[place] is not None}
        return dumps(line) + "\n"

    for table in tables:
        yield "".join(map(make, zip(*table, strict=True))).encode()


def _answer(value: Any) -> Any:
    """Return a stored answer; for a file only its name, because its token opens it."""
    return {"name": value.get("name", "")} if isinstance(value, dict) else value
