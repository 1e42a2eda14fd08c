"""Who our emails come from."""

from email.utils import parseaddr

from . import rendering


def sender_address() -> str:
    """Return the email address that our emails come from, and that people write to."""
    return parseaddr(rendering.sender())[1]


def sender_domain() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
