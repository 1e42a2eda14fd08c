"""What the forms of the staff share."""

import re
import uuid

from django import forms


def day_input() -> forms.DateInput:
    """Return the browser's own date picker: no script, and a keyboard works."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def new_key() -> str:
    """Return a key by which a double click is known."""
    return uuid.uuid4().hex


def known_key(text: str) -> str:
    """Return `text` if it is a key that `new_key` may have made, else a new one."""
    return text if re.fullmatch(r"[0-9a-f]{32}", text) else new_key()
