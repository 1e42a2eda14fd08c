"""The time zones offered in the interface: one for each place, by its name of today and in the reader's language."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from zoneinfo import available_timezones

from babel.core import get_global

from .locales import babel_locale, language

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
UTC = "UTC"


@cache
def territories() -> Mapping[str, str]:
    """Return the country code of each IANA zone that is named by a place, without the names that were replaced."""
    lines = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows if row[2] in available_timezones()}


@cache
def replaced() -> Mapping[str, str]:
    """Return the name of today of each replaced name: "Asia/Kolkata" of "Asia/Calcutta", which some browsers say."""
    current = {_in_cldr(name): name for name in territories()}
    named = (name for name in available_timezones() if name.startswith(tuple(f"{area}/" for area in AREAS)))
    return {name: current[_in_cldr(name)] for name in named if name not in territories() and _in_cldr(name) in current}


@cache
def replaced_json() -> str:
    """Return `replaced` as JSON, for scripts."""
    return json.dumps(dict(replaced()), separators=(",", ":"))


def _in_cldr(name: str) -> str:
    return str(get_global("zone_aliases").get(name, name))


@cache
def zone_names() -> frozenset[str]:
    """Return every name that is understood: those that are offered, and the replaced ones."""
    return frozenset({*territories(), *replaced(), UTC})


def current_name(name: str) -> str:
    """Return the name of today of the zone `name`."""
    return replaced().get(name, name)


@cache
def _labels(language: str) -> Mapping[str, str]:
    """Return what each offered zone is called: "Berlin (Germany)"."""
    locale = babel_locale(language)
    return {UTC: UTC} | {
        name: f"{_city(name, locale.time_zones)} ({locale.territories.get(country, country)})"
        for name, country in territories().items()
    }


def _city(name: str, known: Mapping[str, Mapping[str, str]]) -> str:
    for written in (name, _in_cldr(name)):
        if city := known.get(written, {}).get("city"):
            return str(city)
    return name.rsplit("/", 1)[-1].replace("_", " ")


def label(name: str) -> str:
    """Return what the zone `name` is called in the language in use; `name` itself if it is not known."""
    return _labels(language()).get(current_name(name), name)


@cache
def _choices(language: str) -> list[tuple[str, str]]:
    labels = _labels(language)
    return sorted(labels.items(), key=lambda pair: (pair[0] == UTC, _folded(pair[1])))


def _folded(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()


def zone_choices() -> list[tuple[str, str]]:
    """Return `(name, label)` of each offered zone in the language in use, sorted by label."""
    return _choices(language())
