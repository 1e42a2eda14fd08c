"""Entries of a timeline, and how events become some."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from . import events


@dataclass(frozen=True)
class Entry:
    """One entry: when, what, in whose words, by whom; `told` is what staff wrote to the person."""

    at: datetime
    title: str | Promise
    text: str = ""
    by: str = ""
    url: str = ""
    told: str = ""


def name_of(user: Any) -> str:
    """Return how a user of the admin is called."""
    return "" if user is None else user.get_full_name() or user.get_username()


def logged(subject: Model, *names: str) -> Iterator[Entry]:
    """Yield what happened to `subject`: all events, or only those of `names`."""
    for event in events.about(subject, names=names):
        yield Entry(event.at, events.label(event.name), by=name_of(event.by))
