"""Clean text that a stranger typed before an email repeats it: drop links, addresses and hidden characters."""

import re
import unicodedata

from ..base.text import BLANKS

LENGTH = 80

HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
# Names in these scripts contain joiners (Arabic, Syriac, and those of South Asia).
JOINING = "\u0600-\u08ff\u0900-\u0dff"
JOINERS = re.compile(f"(?<=[{JOINING}])[\u200c\u200d](?=[{JOINING}])")

DOTS = str.maketrans(dict.fromkeys("\u3002\uff61", "."))
ADDRESS = re.compile(
    r"@|://|//|\\|\]\(|=\?|::"
    r"|\.a[a0-]"  # a dot that joins two words, as in example.org, whatever the script
    r"|(?:0+\.){3}0"  # 192.0.2.1
    r"|[a0+.-]{2}:\S"  # mailto:, tel:, localhost:8000; not S:t Erik
    r"|(?:0[^a]*){5}"  # a phone number
)
WWW = re.compile(r"www\d*\.", re.IGNORECASE)
MARKUP = re.compile(r"[<>{}`|]")


def harmless(text: str) -> str:
    """Return `text` as NFC with single spaces if it is harmless, otherwise ''.

    Harmless is one line of at most 80 characters with a letter in it, and without addresses (links with or without a
    scheme, domains, email and IP addresses, phone numbers), markup, invisible characters and those that turn text.
    """
    line = unicodedata.normalize("NFC", text.strip().replace("\t", " "))
    read = unicodedata.normalize("NFKC", line).translate(DOTS)
    shape = "".join(map(_shape, read))
    if len(line) > LENGTH or "a" not in shape or _hides(line):
        return ""
    if WWW.search(read) or ADDRESS.search(shape) or MARKUP.search(shape):
        return ""
    return " ".join(line.split())


def _hides(line: str) -> bool:
    """Tell whether `line` has invisible characters, or some that change the direction of others."""
    seen = JOINERS.sub("", line)
    return bool(BLANKS.search(seen)) or any(unicodedata.category(sign) in HIDDEN for sign in seen)


def _shape(sign: str) -> str:
    """Return "a" for a letter or mark of any script, "0" for a digit, otherwise the character itself."""
    kind = unicodedata.category(sign)[0]
    return "a" if kind in "LM" else "0" if kind == "N" else sign
