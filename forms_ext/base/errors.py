"""What an action raises where the state forbids it."""


class ActionRefused(Exception):
    """An action that the state of things forbids; `str()` says why, in words for staff."""
