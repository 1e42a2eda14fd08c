"""Series of numbers under a text key, such as `A-2026`: drawn in order, each once, without a gap."""

from typing import NamedTuple

from django.db import connection, transaction

from .models import NumberSequence

_TAKE = (
    "INSERT INTO forms_ext_numbersequence AS series (key, last_number, last_hash) VALUES (%s, 1, '') "
    "ON CONFLICT (key) DO UPDATE SET last_number = series.last_number + 1 RETURNING last_number, last_hash"
)


class Taken(NamedTuple):
    """The next number of a series, and the hash of the row that bears the number before it ("" without a chain)."""

    number: int
    previous_hash: str


@transaction.atomic(savepoint=False)
def take(key: str) -> Taken:
    """Return the next number of the series `key`: one statement, which begins the series if need be.

    The series stays locked until the caller's transaction ends; one that is rolled back returns the number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key])
        number, previous_hash = cursor.fetchone()
    return Taken(int(number), previous_hash)


def draw(key: str, *, prefix: str) -> str:
    """Return the next reference of the series `key`, which people can read aloud: `A-2026-0007`."""
    return f"{prefix}{take(key).number:04d}"


def keep_hash(key: str, row_hash: str) -> None:
    """Keep the hash of the row that bears the last number of `key`, as its successor's predecessor."""
    NumberSequence.objects.filter(key=key).update(last_hash=row_hash)
