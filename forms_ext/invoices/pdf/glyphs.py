"""Which characters the bundled fonts contain: PDF/A requires every character in an embedded font."""

import unicodedata
from functools import cache
from pathlib import Path

from ...base.conf import conf

FONTS = Path(__file__).resolve().parent.parent / "fonts"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
JOINERS = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}


def fallback() -> str:
    """Return the path of this machine's font for scripts that the bundled ones lack, '' if there is none."""
    path = conf.COP_INVOICE_FONT
    return path if path and Path(path).is_file() else ""


@cache
def covered(extra: str = "") -> frozenset[int]:
    """Return the code points that the regular fonts have, the `extra` one with them; the semi-bold have the same."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (slow)

    points: set[int] = set()
    for path in [*sorted(FONTS.glob("*-Regular.ttf")), *([Path(extra)] if extra else [])]:
        with TTFont(path, lazy=True) as font:
            points |= set(font.getBestCmap())
    return frozenset(points)


def drawable(text: str) -> str:
    """Return `text` with missing characters decomposed, left out (marks, controls) or replaced."""
    if text.isascii() and text.isprintable():
        return text
    points = covered(fallback())
    return "".join(_drawable(char, points) for char in unicodedata.normalize("NFC", text))


def _drawable(char: str, points: frozenset[int]) -> str:
    if char.isspace():
        return "\N{NO-BREAK SPACE}" if char in "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}" else " "
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Cs", "Cn", "Co"}:
        return char if char in JOINERS else ""
    if ord(char) in points:
        return char
    parts = "".join(part for part in unicodedata.normalize("NFKD", char) if ord(part) in points)
    return parts or ("" if category.startswith("M") else REPLACEMENT)
