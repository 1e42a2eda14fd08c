"""Make the names of uploaded files safe for every disk."""

import re
import unicodedata

LONGEST = 150  # bytes of the stem: file systems allow 255 for a name, and some add to it
# A suffix of a file name; the type is not taken from it.
SUFFIX = re.compile(r"\.[a-z][a-z0-9]{0,9}$", re.IGNORECASE | re.ASCII)
# Windows treats these as devices, with any suffix.
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin|conout|clock)", re.IGNORECASE | re.ASCII)


def safe_name(name: str, suffix: str) -> str:
    """Return a name near `name` that ends with `suffix` (".pdf"), which follows the content.

    Letters and digits of all scripts, hyphens and underscores stay; no other dot, no sign that cannot be seen or turns
    the text round, no name of a device, no hidden file. "file" if nothing is left.
    """
    stem = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]).strip(" .")
    # Repeated: `paper.pdf.exe` becomes paper.
    for _ in range(3):
        stem = SUFFIX.sub("", stem).rstrip(" .")
        if not stem.lower().endswith(suffix):
            break
    stem = "".join(_safe(char) for char in stem)
    stem = re.sub(r"_+", "_", stem).strip("_-")
    while stem and unicodedata.category(stem[0])[0] == "M":
        stem = stem[1:]
    stem = stem.encode()[:LONGEST].decode(errors="ignore").rstrip("_-") or "file"
    if RESERVED.fullmatch(unicodedata.normalize("NFKC", stem)):
        stem = f"file_{stem}"
    return stem + suffix


def _safe(char: str) -> str:
    if char in "-_" or unicodedata.category(char)[0] in "LMN":
        return char
    return "_" if char.isspace() or char in ".:/" else ""
