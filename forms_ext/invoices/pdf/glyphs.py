"""Which characters of a text are drawn, and by which others if no font has one."""

import unicodedata
from collections.abc import Collection

from ...base.text import BLANKS

JOINERS = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def plain(text: str) -> str:
    """Return `text` composed, with simple spaces, and without what is never visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_plain, BLANKS.sub("", unicodedata.normalize("NFC", text))))


def _plain(char: str) -> str:
    if char.isspace():
        return "\N{NO-BREAK SPACE}" if char in NO_BREAK else " "
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in JOINERS else char


def drawable(text: str, points: Collection[int]) -> str:
    """Return `text` as fonts with `points` draw it: a character that they lack is written by its parts ("ﬁ": "fi")."""
    return "".join(char if ord(char) in points else parts(char) for char in plain(text))


def parts(char: str) -> str:
    """Return the characters that may stand for `char`, which no font has; `char` itself if there are none."""
    return char if char in JOINERS else unicodedata.normalize("NFKD", char)


def described(points: Collection[int]) -> str:
    """Return some of the characters, each with its name, since a screen may lack them as well."""
    some = [f"{chr(point)} ({unicodedata.name(chr(point), f'U+{point:04X}').lower()})" for point in sorted(points)]
    return ", ".join([*some[:3], *(["…"] if some[3:] else [])])
