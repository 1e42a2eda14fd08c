"""Compile a queryset to SQL once per process: Django's compiler takes far longer than the database."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

type Row = tuple[Any, ...]
#: Placeholders for a primary key, a depth and two paths; Django would drop a condition that is never true.
KEY, DEPTH, FIRST, LAST = 2_000_000_001, 2_000_000_002, "{first}", "{last}"


def key(number: int) -> int:
    """Return the placeholder for the primary key `number` of a list."""
    return KEY + 1000 + number


class Statement:
    """The SQL of a `values_list` queryset, with placeholders."""

    def __init__(self, queryset: "QuerySet[Any]") -> None:
        compiler: Any = queryset.query.get_compiler(connection.alias)
        self.sql, self.params = compiler.as_sql()
        self.converters = compiler.get_converters([column[0] for column in compiler.select])

    def run(self, values: Mapping[Any, Any] | None = None) -> tuple[Row, ...]:
        """Return the rows as stored; each parameter that is a key of `values` is replaced by its value."""
        values = values or {}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [values.get(param, param) for param in self.params])
            return tuple(tuple(row) for row in cursor.fetchall())

    def read(self, row: Row) -> list[Any]:
        """Return `row` as Django reads it."""
        found = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        return found
