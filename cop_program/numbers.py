"""Numbers as people write them: "1,997.50", "1.997,50", "1 997,50", "0,5"."""

import re
import unicodedata
from decimal import Decimal

from .locales import babel_locale

MARKS = ".,"
_ARABIC = str.maketrans("\u066b\u066c", ".,")
_SPACES = re.compile(r"[\s\u00a0\u202f'\u2019](?=\d{3}(?!\d))")


def read(text: str, language: str) -> Decimal:
    """Return the number that `text` is to a reader of `language`. Raise ValueError if it is none.

    Whatever the language, two different marks are a group and a decimal mark in this order, and a mark that cannot
    group thousands is a decimal mark. Only "1,997" and "1.997" need the language.
    """
    plain = _SPACES.sub("", _digits(text.strip()).replace("\N{MINUS SIGN}", "-"))
    if not re.fullmatch(r"[+-]?\d*(?:[.,]\d+)*", plain) or not re.search(r"\d", plain):
        raise ValueError(text)
    used = [mark for mark in MARKS if mark in plain]
    last = max(used, key=plain.rindex, default="")
    other = "," if last == "." else "."
    if len(used) == 1 and not _is_decimal(plain, last, language):
        last, other = "", last
    whole, _mark, places = plain.rpartition(last) if last else (plain, "", "")
    if (last in whole and last) or not _is_grouped(whole, other):
        raise ValueError(text)
    return Decimal(f"{whole.replace(other, '') or '0'}{'.' + places if places else ''}")


def _is_decimal(plain: str, mark: str, language: str) -> bool:
    """Tell whether `mark`, the only one in `plain`, is a decimal mark."""
    if plain.count(mark) > 1:
        return False
    return not _is_grouped(plain, mark) or babel_locale(language).number_symbols["latn"]["decimal"] == mark


def _is_grouped(whole: str, mark: str) -> bool:
    first, *groups = whole.lstrip("+-").split(mark)
    return not groups or (0 < len(first) <= 3 and not first.startswith("0") and all(len(one) == 3 for one in groups))


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text.translate(_ARABIC))
