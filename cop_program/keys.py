"""Primary keys in URLs and queries: refuse those that no database can hold."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.urls import register_converter
from django.urls.converters import IntConverter

HIGHEST = 2**63 - 1  # SQLite and PostgreSQL refuse higher ones with an error, not with "no such row"


def key(text: Any) -> int:
    """Return the primary key written in `text`. Raise ValueError if no row can have it."""
    found = int(text)
    if not 0 <= found <= HIGHEST:
        raise ValueError(text)
    return found


def keys(texts: Iterable[Any]) -> list[int]:
    """Return the valid primary keys among `texts`."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(key(text))
    return found


class KeyConverter(IntConverter):
    """`<key:pk>` in a URL pattern: a number that a row can have; otherwise the URL gives a 404."""

    def to_python(self, value: str) -> int:
        return key(value)


register_converter(KeyConverter, "key")
