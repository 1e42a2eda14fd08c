"""Keep the secret part of private links out of logs."""

import logging
import re

# The rest of an invitation link or private page link is secret, whatever it looks like: cut off,
# altered, with non-ASCII letters. Elsewhere below /go/, /documents/ and /account/, any long word may be a
# token.
ADDRESS = re.compile(r"(?:/|%2F)(?:go|documents|account)(?:/|%2F)[^\s?\"']*", re.I)
PERSONAL = re.compile(r"((?:/|%2F)(?:invitation|member)(?:/|%2F)).+?((?:/(?:invoices?|receipts?)/\d+)?/?)$", re.I)
SECRET = re.compile(r"(?<=/)[^/]{20,}(?=/|$)")
QUERY = re.compile(r"\?[^\s\"']*")


def mask_path(path: str) -> str:
    """Return `path` without its query, and with every token in a private link masked."""
    return mask_text(re.sub(r"[\s\"']", "_", path.split("?", 1)[0]))


def mask_text(text: str) -> str:
    """Return `text` with each private link in it masked, and without query strings if it has one."""
    return QUERY.sub("", ADDRESS.sub(_mask, text)) if ADDRESS.search(text) else text


def _mask(address: re.Match[str]) -> str:
    return SECRET.sub("***", PERSONAL.sub(r"\1***\2", address.group()))


class MaskPersonalLinks(logging.Filter):
    """A logging filter that masks addresses in a record's message."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (masked := mask_text(message)) != message:
            record.msg, record.args = masked, ()
        return True
