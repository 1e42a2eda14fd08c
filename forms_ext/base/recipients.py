"""Whom an email is for, asked by a reference: "registration:5", "account:7", "invoice:3".

Packages that know people register who reads it; those below ask, so that an email about money greets the person and
leads to their private page.
"""

from collections.abc import Callable
from typing import NamedTuple


class Recipient(NamedTuple):
    """The person as they call themselves, and the whole URL of their private page."""

    name: str
    private_url: str


type Reader = Callable[[int], Recipient | None]

_readers: dict[str, Reader] = {}


def register(kind: str, reader: Reader) -> None:
    """Let `reader` say who the person of a reference of `kind` ("account") is; None if there is nobody."""
    _readers[kind] = reader


def find(reference: str) -> Recipient | None:
    """Return the person of `reference`; None if nobody knows."""
    kind, _colon, pk = reference.partition(":")
    reader = _readers.get(kind)
    return reader(int(pk)) if reader and pk.isdecimal() else None
