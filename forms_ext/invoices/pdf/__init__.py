"""Render invoices, credit notes and receipts as PDF/A-3a and PDF/UA-1, from their snapshot only."""

from collections.abc import Mapping
from typing import Any

__all__ = ["render"]


def render(snapshot: Mapping[str, Any]) -> bytes:
    """Return the PDF of a snapshot: the same bytes each time.

    WeasyPrint is read with the first document: it takes a second, and most processes draw none.
    """
    from . import drawing  # noqa: PLC0415  (slow)

    return drawing.render(snapshot)
