"""Who our emails come from."""

from email.utils import parseaddr

from . import rendering


def sender_domain() -> str:
    return parseaddr(rendering.sender())[1].rpartition("@")[2] or "localhost"
