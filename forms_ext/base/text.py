"""Text that people type, as it is stored: composed (NFC), with lines that end in LF, and with something to see."""

import re
import unicodedata

#: Invisible, although Unicode classifies them as letters, marks and symbols: fillers, selectors, an empty Braille cell.
BLANKS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
#: Categories of characters that show nothing: controls, formats, separators.
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
#: At the end of a word these change what is before them: joiners, selectors, tags of flags, ends of a direction.
KEPT = re.compile("[\u200c\u200d\ufe00-\ufe0f\u2066-\u2069\u202a-\u202e\U000e0020-\U000e007f\U000e0100-\U000e01ef]")


def is_seen(sign: str) -> bool:
    """Tell whether the character `sign` shows anything."""
    return unicodedata.category(sign) not in UNSEEN and not BLANKS.match(sign)


def is_visible(text: str) -> bool:
    """Tell whether `text` shows anything at all."""
    return any(map(is_seen, text))


def tidy(text: str) -> str:
    """Return `text` as it is stored: without invisible characters at its ends; '' if nothing of it can be seen."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = [place for place, sign in enumerate(composed) if is_seen(sign) or KEPT.match(sign)]
    return composed[seen[0] : seen[-1] + 1] if is_visible(composed) else ""
