"""Where a person stands, asked by a reference: "application:12", "registration:5", "account:7".

Packages that know people register who reads it; those below ask when they compose an email or a page.
"""

from collections.abc import Callable

from cop_program import journey
from cop_program.journey import Standing

type Reader = Callable[[int], Standing | None]

_readers: dict[str, Reader] = {}


def register(kind: str, reader: Reader) -> None:
    """Let `reader` say where the person of a reference of `kind` ("application") stands; None if there is nobody."""
    _readers[kind] = reader


def find(reference: str) -> Standing | None:
    """Return where the person of `reference` stands now; None if nobody knows."""
    kind, _colon, pk = reference.partition(":")
    reader = _readers.get(kind)
    return reader(int(pk)) if reader and pk.isdecimal() else None


def line(reference: str, language: str) -> str:
    """Return `find` in a line ("Step 3 of 7: Register, by Tuesday 30 January"); '' if the journey is over for them."""
    found = find(reference)
    return journey.line(found, language) if found else ""
