"""The staff's page of a person: packages register what they add to it, asked by a reference ("application:12").

The page's own package knows none of them; each looks after what the reader may see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from .timeline import Entry


@dataclass(frozen=True)
class Fact:
    """A line of the facts about a person: `value` leads to `url`, if there is one; `note` follows it."""

    label: str | Promise
    value: str
    url: str = ""
    note: str | Promise = ""


@dataclass(frozen=True)
class Panel:
    """What a package knows of a person: facts, and lines of the timeline."""

    facts: Sequence[Fact] = ()
    entries: Sequence[Entry] = ()


type Reader = Callable[[str, Any], Panel]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let `reader` add a panel to the pages of people, from a reference and the user who reads."""
    if reader not in _readers:
        _readers.append(reader)


def panels(reference: str, user: Any) -> list[Panel]:
    """Return what all packages add for `user` to the page of the person of `reference`."""
    return [reader(reference, user) for reader in _readers]
