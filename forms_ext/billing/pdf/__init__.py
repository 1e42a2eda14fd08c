"""Draws invoices, credit notes and receipts as PDF/A-3a and PDF/UA-1, from their snapshot alone."""

from collections.abc import Mapping
from typing import Any

from .page import html

__all__ = ["html", "render"]


def render(snapshot: Mapping[str, Any]) -> bytes:
    """Return the PDF of a snapshot: the same bytes each time.

    WeasyPrint is read with the first document: it takes a second, and most processes draw none.
    """
    from . import drawing

    return drawing.render(snapshot)
