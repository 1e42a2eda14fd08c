"""Keeps the secret part of personal links out of logs."""

import logging
import re

# Below /go/ an address may hold a token: any long word without a dash between words, or with a signature's colons.
SECRET = re.compile(r"(?<=/)[A-Za-z0-9_:=.~-]{20,}(?=/|$)")
PERSONAL = re.compile(r"/(?:go|documents)/[^\s?\"']*")
QUERY = re.compile(r"\?[^\s\"']*")


def mask_path(path: str) -> str:
    """Return `path` without its query, and with every token in a personal link masked."""
    path = path.split("?", 1)[0]
    return SECRET.sub("***", path) if PERSONAL.match(path) else path


def mask_text(text: str) -> str:
    """Return `text` with each personal address in it masked."""
    return PERSONAL.sub(lambda found: SECRET.sub("***", found.group()), text)


class MaskPersonalLinks(logging.Filter):
    """A logging filter that masks addresses in a record's message."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "/go/" in message:
            record.msg, record.args = QUERY.sub("", mask_text(message)), ()
        return True
