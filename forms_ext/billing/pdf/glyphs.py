"""What the bundled fonts can draw: PDF/A wants every character in an embedded font."""

import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "fonts"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
JOINERS = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}


@cache
def covered() -> frozenset[int]:
    """Return the code points that the regular fonts have; the semi-bold ones have the same."""
    from fontTools.ttLib import TTFont

    points: set[int] = set()
    for path in sorted(FONTS.glob("*-Regular.ttf")):
        with TTFont(path, lazy=True) as font:
            points |= set(font.getBestCmap())
    return frozenset(points)


def drawable(text: str) -> str:
    """Return `text` with what cannot be drawn taken apart, left out (marks, controls) or shown as a replacement."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_drawable(char) for char in unicodedata.normalize("NFC", text))


@cache
def _drawable(char: str) -> str:
    if char.isspace():
        return "\N{NO-BREAK SPACE}" if char in "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}" else " "
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Cs", "Cn", "Co"}:
        return char if char in JOINERS else ""
    if ord(char) in covered():
        return char
    parts = "".join(part for part in unicodedata.normalize("NFKD", char) if ord(part) in covered())
    return parts or ("" if category.startswith("M") else REPLACEMENT)
