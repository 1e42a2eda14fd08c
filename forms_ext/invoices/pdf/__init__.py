"""Render invoices, credit notes and receipts as PDF/A-3a and PDF/UA-1, from their snapshot only."""

from collections.abc import Mapping
from typing import Any

from . import fonts, page
from .fonts import FontMissing
from .glyphs import described, parts

__all__ = ["FontMissing", "NotPrintable", "described", "render", "with_fonts"]


class NotPrintable(Exception):
    """No font has some characters of a document; `points` are their code points."""

    def __init__(self, points: set[int]) -> None:
        super().__init__(f"{len(points)} characters")
        self.points = points


def with_fonts(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return a snapshot that names the fonts which draw it. Raise NotPrintable if no font has some characters."""
    needed = page.points(snapshot)
    chosen, missing = fonts.choose(needed)
    if missing:
        needed = needed - missing | {ord(part) for point in missing for part in parts(chr(point))}
        chosen, missing = fonts.choose(needed)
    if missing:
        raise NotPrintable(missing)
    return {**snapshot, "fonts": [fonts.named(font, needed) for font in chosen]}


def render(snapshot: Mapping[str, Any]) -> bytes:
    """Return the PDF of a snapshot: the same bytes each time. Raise FontMissing if this machine lacks a font of it.

    WeasyPrint is read with the first document: it takes a second, and most processes draw none.
    """
    from . import drawing  # noqa: PLC0415  (slow)

    return drawing.render(snapshot)
