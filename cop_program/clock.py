"""The clock that every action of both apps reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("cop_clock", default=None)


def now() -> datetime:
    """Return the current instant, aware, in UTC.

    It is the instant of an enclosing `at()`. Otherwise it is the real time, plus the offset in seconds from the file
    `settings.COP_CLOCK_FILE` if that is set (development and rehearsal only).
    """
    if (fixed := _fixed.get()) is not None:
        return fixed
    return timezone.now() + offset()


def offset() -> timedelta:
    """Return how far the clock of this site runs ahead of the real time; zero in production."""
    path = getattr(settings, "COP_CLOCK_FILE", None)
    if path is None:
        return timedelta()
    try:
        return timedelta(seconds=json.loads(Path(path).read_text())["offset_seconds"])
    except FileNotFoundError:
        return timedelta()


def set_offset(value: timedelta) -> None:
    """Move the clock of this site to `value` ahead of the real time, for all its processes."""
    path = Path(settings.COP_CLOCK_FILE)
    path.write_text(json.dumps({"offset_seconds": value.total_seconds()}))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` return the aware datetime `moment` inside the block (demo loader, rehearsal, tests)."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
