"""The time zones offered in the interface."""

from functools import cache
from zoneinfo import available_timezones

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_names() -> frozenset[str]:
    """Return every IANA zone that is named by a place, and UTC."""
    return frozenset(name for name in available_timezones() if name.startswith(tuple(f"{a}/" for a in AREAS))) | {"UTC"}


def zone_choices() -> list[tuple[str, str]]:
    """Return `(name, readable name)` of each zone, sorted by name, for a `choices` option."""
    return [(name, name.replace("_", " ")) for name in sorted(zone_names())]
