"""Numbers without gaps: drawn under the lock of one row, in the transaction that uses them."""

from django.db import connection

from ..ledger.models import Issuer, NumberSequence

INVOICES = "INV"
CREDIT_NOTES = "CN"

_DRAW = (
    "UPDATE forms_ext_numbersequence SET last_number = last_number + 1 "
    "WHERE issuer_id = %s AND series = %s RETURNING last_number"
)


def draw(*, issuer: Issuer, series: str) -> int:
    """Return the next number of `series`; a transaction that rolls back gives it back."""
    number = _next(issuer, series)
    if number is None:
        NumberSequence.objects.bulk_create([NumberSequence(issuer=issuer, series=series)], ignore_conflicts=True)
        number = _next(issuer, series)
    assert number is not None
    return number


def _next(issuer: Issuer, series: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, [issuer.pk, series])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def written(*, issuer: Issuer, series: str, number: int) -> str:
    """Return a number as it is printed ("CF-00012", "CF-CN-00003")."""
    infix = "CN-" if series == CREDIT_NOTES else ""
    return f"{issuer.number_prefix}{infix}{number:05d}"
