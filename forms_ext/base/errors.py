"""The error of an action that is not allowed, and how any error is stored in a row."""


class ActionRefused(Exception):
    """An action that is not allowed now; `str()` gives the reason to the user."""


def describe(error: Exception, length: int = 255) -> str:
    """Return `error` on one line that a column can store: databases refuse some characters of messages."""
    text = f"{type(error).__name__}: {error}"
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:length]
