"""What `cop_audit` checks about the tables that every package stands on."""

from collections.abc import Iterator

from django.db import connection

from . import chains, consistency, events, search, triggers
from .conf import conf


@consistency.check("base.chains")
def chains_are_whole() -> Iterator[str]:
    """Each row that was booked or issued is the one that was written, in its place."""
    yield from chains.broken_links()


@consistency.check("base.events")
def events_are_whole() -> Iterator[str]:
    """Each event is the one that was written, in its place."""
    yield from events.broken_links()


@consistency.check("base.rows")
def rows_are_as_events_left_them() -> Iterator[str]:
    """Decisions, links, holds, answers, accounts and the like were made and changed by events only."""
    yield from events.unrecorded()


@consistency.check("base.triggers")
def triggers_are_there() -> Iterator[str]:
    """The database refuses to edit what was booked or issued, if it is meant to."""
    if conf.COP_FROZEN_TRIGGERS:
        for name in triggers.missing(connection):
            yield f"The trigger {name} is missing or changed. Run manage.py migrate."


@consistency.check("base.search")
def search_finds_each_row() -> Iterator[str]:
    """What staff search of each row is what the row says."""
    yield from search.differing()
