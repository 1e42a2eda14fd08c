"""Numbers of documents, without gaps: drawn under the lock of their series, in the transaction that uses them."""

from typing import Any, NamedTuple

from ..base import number_series
from ..ledger.models import Issuer
from .models import receipt_series, series_of


class Drawn(NamedTuple):
    """The number of a new document as it stands on it, and the columns that place it in its series."""

    text: str
    place: dict[str, Any]


def draw(*, issuer: Issuer, kind: str) -> Drawn:
    """Return the next number of the invoices or credit notes of `issuer` ("CF-00012", "CF-CN-00003")."""
    infix = "CN-" if kind == "credit_note" else ""
    return _draw(series_of(issuer.pk, kind), f"{issuer.number_prefix}{infix}", 5)


def draw_receipt(year: int) -> Drawn:
    """Return the next number of the receipts of `year` ("R-2026-0007")."""
    return _draw(receipt_series(year), f"{receipt_series(year)}-", 4)


def _draw(key: str, prefix: str, digits: int) -> Drawn:
    taken = number_series.take(key)
    place = {"sequence_number": taken.number, "previous_hash": taken.previous_hash}
    return Drawn(f"{prefix}{taken.number:0{digits}d}", place)
