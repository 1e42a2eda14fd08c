"""Make cells harmless that a spreadsheet would run as a formula, in a way that can be undone.

OWASP ("CSV Injection") lists the first characters. A single quote in front makes the cell a text. A text that begins
with quotes and then such a character gets one more, so removing one always restores the original.
"""

import re

FIRST = "=+\\-@\t\r\n＝＋－＠"
RISKY = re.compile(f"'*[{FIRST}]")
GUARDED = re.compile(f"'+[{FIRST}]")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
STARTS = frozenset("'=+-@\t\r\n＝＋－＠")


def guard(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in STARTS and RISKY.match(text) else text


def guard_number(text: str) -> str:
    """Return a value for a column of numbers: a negative number is not taken for a formula."""
    return text if NUMBER.fullmatch(text) else guard(text)


def unguard(text: str) -> str:
    """Return what `guard` was given."""
    return text[1:] if text[:1] == "'" and GUARDED.match(text) else text
