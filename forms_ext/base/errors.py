"""The error of an action that is not allowed, and how any error is stored in a row."""


class ActionRefused(Exception):
    """An action that the state of things forbids; `str()` says why, in words for staff."""


def describe(error: Exception, length: int = 255) -> str:
    """Return `error` on one line as a column holds it: no database takes every character that a message may have."""
    text = f"{type(error).__name__}: {error}"
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:length]
