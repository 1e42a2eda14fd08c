"""The schedule of a program in any zones, computed from instants alone; pure, no database.

`build(sessions, groups)` returns

    Schedule          .groups: tuple of GroupSchedule
    GroupSchedule     .name: "Americas"; .zones; .sections: tuple of Section; .notes: tuple of sentences
    Section           .heading: "Wednesdays 7 and 28 February, 27 March, 17 April, 22 May and 26 June 2024"
                      .dates: tuple of date, .sessions: tuple of Session (same order); .lines: tuple of Line
    Line              .text: "9:00 am - noon AEST (Sydney, Brisbane)", or in its parts:
                      .time: "9:00 am - noon"; .names: tuple of ZoneNames; .day_note: '' or "the next day"
                      (then `text` ends with "; the next day"); .starts, .ends: wall times; .day_offset: days from
                      the heading's date to the start; .end_offset: days from the start's date to the end's
    ZoneNames         .label: "AEST", "Pacific Time", "UTC−03:00"; .places: ("Sydney", "Brisbane"), may be empty;
                      .zones: IANA names; str(): "AEST (Sydney, Brisbane)"

A heading's dates are those of the group's first zone. `for_reader(sessions, zone)` is the GroupSchedule of one zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import formatting


@dataclass(frozen=True)
class Session:
    """A session between two aware instants."""

    start: datetime
    end: datetime
    label: str = ""


@dataclass(frozen=True)
class ZoneGroup:
    """A heading and the IANA zones below it, in order."""

    name: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class ZoneNames:
    """Zones of one line that go by one label."""

    label: str
    places: tuple[str, ...]
    zones: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label} ({', '.join(self.places)})" if self.places else self.label


@dataclass(frozen=True)
class Line:
    """The wall times of some zones, the same at each of the section's sessions."""

    starts: clock_time
    ends: clock_time
    day_offset: int
    end_offset: int
    time: str
    names: tuple[ZoneNames, ...]
    day_note: str = ""

    @property
    def text(self) -> str:
        """The whole line."""
        line = f"{self.time} {', '.join(str(names) for names in self.names)}"
        return f"{line}; {self.day_note}" if self.day_note else line


@dataclass(frozen=True)
class Section:
    """Sessions with the same wall times in every zone of the group."""

    heading: str
    dates: tuple[date, ...]
    sessions: tuple[Session, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class GroupSchedule:
    """All sessions for the readers of one group of zones."""

    name: str
    zones: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Schedule:
    """All sessions for every group."""

    groups: tuple[GroupSchedule, ...]


def build(sessions: Sequence[Session], groups: Sequence[ZoneGroup], language: str = "en") -> Schedule:
    """Return the schedule of `sessions` for `groups`; groups without zones are left out, as is all without sessions."""
    ordered = sorted(sessions, key=lambda session: (session.start, session.end))
    if not ordered:
        return Schedule(())
    with translation.override(formatting.spoken(language)):
        return Schedule(tuple(_Group(group, ordered, language).build() for group in groups if group.zones))


def for_reader(sessions: Sequence[Session], zone: str, language: str = "en") -> GroupSchedule | None:
    """Return the schedule in one reader's zone, or None if there is no session."""
    groups = build(sessions, [ZoneGroup(formatting.city(zone, language), (zone,))], language).groups
    return groups[0] if groups else None


@dataclass(frozen=True)
class _Wall:
    """What a session's clock shows in one zone; equal for sessions that can be gathered."""

    starts: clock_time
    ends: clock_time
    day_offset: int
    end_offset: int
    #: set only if the wall times do not identify the instants
    offsets: tuple[timedelta | None, ...] = ()


def _is_ambiguous(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _wall(start: datetime, end: datetime, heading: date) -> _Wall:
    offsets = start.utcoffset(), end.utcoffset()
    exact = _is_ambiguous(start) or _is_ambiguous(end) or offsets[0] != offsets[1]
    return _Wall(
        starts=start.time(),
        ends=end.time(),
        day_offset=(start.date() - heading).days,
        end_offset=(end.date() - start.date()).days,
        offsets=offsets if exact else (),
    )


@dataclass
class _Group:
    group: ZoneGroup
    sessions: Sequence[Session]
    language: str
    zones: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.zones = tuple(dict.fromkeys(self.group.zones))

    def build(self) -> GroupSchedule:
        gathered: dict[tuple[_Wall, ...], list[Session]] = {}
        for session in self.sessions:
            gathered.setdefault(self._walls(session), []).append(session)
        sections = tuple(self._section(walls, sessions) for walls, sessions in gathered.items())
        return GroupSchedule(self.group.name, self.zones, sections, tuple(self._notes()))

    def _day(self, session: Session) -> date:
        return session.start.astimezone(ZoneInfo(self.zones[0])).date()

    def _walls(self, session: Session) -> tuple[_Wall, ...]:
        day = self._day(session)
        clocks = (ZoneInfo(zone) for zone in self.zones)
        return tuple(_wall(session.start.astimezone(z), session.end.astimezone(z), day) for z in clocks)

    def _section(self, walls: tuple[_Wall, ...], sessions: list[Session]) -> Section:
        by_wall: dict[_Wall, list[str]] = {}
        for zone, wall in zip(self.zones, walls, strict=True):
            by_wall.setdefault(wall, []).append(zone)
        dates = tuple(self._day(session) for session in sessions)
        return Section(
            heading=capfirst(formatting.dates_text(dates, self.language)),
            dates=dates,
            sessions=tuple(sessions),
            lines=tuple(self._line(wall, zones, sessions, dates) for wall, zones in by_wall.items()),
        )

    def _line(self, wall: _Wall, zones: list[str], sessions: list[Session], dates: tuple[date, ...]) -> Line:
        by_label: dict[str, list[str]] = {}
        for zone in zones:
            by_label.setdefault(self._label(zone, sessions), []).append(zone)
        return Line(
            starts=wall.starts,
            ends=wall.ends,
            day_offset=wall.day_offset,
            end_offset=wall.end_offset,
            time=formatting.time_range(wall.starts, wall.ends, self.language, days=wall.end_offset),
            names=tuple(self._names(label, of_label, sessions) for label, of_label in by_label.items()),
            day_note=self._day_note(wall, dates),
        )

    def _label(self, zone: str, sessions: list[Session]) -> str:
        """The letters if they are the same at every session from start to end, else the zone's generic name."""
        locals_ = [moment.astimezone(ZoneInfo(zone)) for session in sessions for moment in (session.start, session.end)]
        found = {(formatting.letters(local), local.utcoffset()) for local in locals_}
        return next(iter(found))[0] if len(found) == 1 else formatting.generic_name(zone, self.language)

    def _names(self, label: str, zones: list[str], sessions: list[Session]) -> ZoneNames:
        alone = len(zones) == 1 and self._tells_the_zone(label, zones[0], sessions)
        places = () if alone else tuple(formatting.city(zone, self.language) for zone in zones)
        return ZoneNames(label, places, tuple(zones))

    def _tells_the_zone(self, label: str, zone: str, sessions: list[Session]) -> bool:
        if zone == "UTC":
            return True
        instants = [session.start for session in sessions]
        return label == formatting.generic_name(zone, self.language) and formatting.generic_name_is_enough(
            zone, instants, self.language
        )

    def _day_note(self, wall: _Wall, dates: tuple[date, ...]) -> str:
        notes = []
        if wall.day_offset:
            notes.append(self._other_day(wall.day_offset, dates))
        if wall.starts == clock_time(0):
            notes.append(_("at the start of that day"))
        if wall.end_offset - (wall.ends == clock_time(0)) > 0:
            notes.append(_("ending the next day") if wall.end_offset == 1 else _("ending several days later"))
        return ", ".join(notes)

    def _other_day(self, offset: int, dates: tuple[date, ...]) -> str:
        words = {1: _("the next day"), -1: _("the day before"), 2: _("two days later"), -2: _("two days before")}
        days = [day + timedelta(days=offset) for day in dates]
        if len({day.weekday() for day in days}) > 1:
            return words[offset]
        return f"{words[offset]} ({formatting.weekday_text(days[0], self.language)})"

    def _notes(self) -> list[str]:
        notes = []
        for before, after in pairwise(self.sessions):
            notes += [self._between(before, after, *change) for change in self._changes(before.end, after.start)]
        for session in self.sessions:
            notes += [self._during(session, *change) for change in self._changes(session.start, session.end)]
        return notes

    def _changes(self, before: datetime, after: datetime) -> list[tuple[timedelta, list[str]]]:
        """Return by how much, and where, a clock change between two instants moves the local time."""
        changes: dict[timedelta, list[str]] = {}
        for zone in self.zones:
            old, new = (moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (before, after))
            if old is not None and new is not None and old != new:
                changes.setdefault(new - old, []).append(formatting.city(zone, self.language))
        return list(changes.items())

    def _between(self, before: Session, after: Session, change: timedelta, places: list[str]) -> str:
        text = (
            _("Clocks in {places} go forward {length} between {dates}.")
            if change > timedelta()
            else _("Clocks in {places} go back {length} between {dates}.")
        )
        return text.format(
            dates=formatting.change_dates_text(self._day(before), self._day(after), self.language),
            places=formatting.and_list(places, self.language),
            length=formatting.duration_text(abs(change)),
        )

    def _during(self, session: Session, change: timedelta, places: list[str]) -> str:
        text = (
            _("Clocks in {places} go forward {length} during the session on {day}.")
            if change > timedelta()
            else _("Clocks in {places} go back {length} during the session on {day}.")
        )
        return text.format(
            day=formatting.dates_text([self._day(session)], self.language),
            places=formatting.and_list(places, self.language),
            length=formatting.duration_text(abs(change)),
        )
