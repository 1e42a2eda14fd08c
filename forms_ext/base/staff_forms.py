"""What the forms of the staff share."""

import uuid

from django import forms


def day_input() -> forms.DateInput:
    """Return the browser's own date picker: no script, and a keyboard works."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def new_key() -> str:
    """Return a key by which a double click is known."""
    return uuid.uuid4().hex
