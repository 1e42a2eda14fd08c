"""A deadline: a day and a time zone, worded so that it clearly closes at the end of that day there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from . import formatting

#: The deadlines of a program, in the order of the steps.
KINDS = ("application", "registration", "cancellation")


@dataclass(frozen=True)
class Deadline:
    """The end of `day` in the IANA zone `zone`."""

    day: date
    zone: str

    @classmethod
    def around(cls, moment: datetime, zone: str, *, days: int = 0) -> "Deadline":
        """Return the end of the day that contains or ends at `moment` in `zone`, or of a day `days` days later."""
        day = (moment - timedelta.resolution).astimezone(ZoneInfo(zone)).date()
        return cls(day + timedelta(days=days), zone)

    @property
    def closes_at(self) -> datetime:
        """The instant at which it closes, in UTC."""
        end = datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(self.zone))
        return end.astimezone(UTC)

    def is_past(self, now: datetime) -> bool:
        """Tell whether it has closed."""
        return now >= self.closes_at

    def sentence(self, language: str = "en", reader_zone: str | None = None) -> str:
        """Return "until the end of Tuesday 30 January 2024, Pacific time (in your time: Wednesday 31 January, 9:00 am)"

        The brackets are left out if the reader's clock reads the same.
        """
        with translation.override(formatting.spoken(language)):
            text = _("until the end of {day}, {zone}").format(
                day=formatting.day_text(self.day, language), zone=self.zone_text(language)
            )
            return with_own_time(text, self.closes_at, self.zone, language, reader_zone)

    def end_text(self, language: str = "en") -> str:
        """Return "the end of Tuesday 30 January 2024, Pacific time"."""
        with translation.override(formatting.spoken(language)):
            return _("the end of {day}, {zone}").format(
                day=formatting.day_text(self.day, language), zone=self.zone_text(language)
            )

    def short(self, language: str = "en", reader_zone: str | None = None) -> str:
        """Return "by Tuesday 30 January", with the reader's day and time if it closes before that day ends for them."""
        return by_text(self.closes_at, self.zone, language, reader_zone)

    def zone_text(self, language: str = "en") -> str:
        """Return "Pacific time", with the place if that does not identify the zone: "Mountain time (Phoenix)"."""
        if self.zone == "UTC":
            return "UTC"
        name = formatting.generic_name(self.zone, language)
        if formatting.spoken(language).startswith("en") and name.endswith(" Time"):
            name = f"{name.removesuffix(' Time')} time"
        if formatting.generic_name_is_enough(self.zone, [self.closes_at], language):
            return name
        return f"{name} ({formatting.city(self.zone, language)})"


def with_own_time(text: str, moment: datetime, zone: str, language: str, reader_zone: str | None) -> str:
    """Return `text`, which says `moment` in `zone`, with "(in your time: …)" if the reader's clock reads otherwise."""
    if not reader_zone or _offset(moment, zone) == _offset(moment, reader_zone):
        return text
    with translation.override(formatting.spoken(language)):
        own = _day_and_time(moment, reader_zone, language, ending=_("the end of {day}"))
        return _("{deadline} (in your time: {own})").format(deadline=text, own=own)


def by_text(moment: datetime, zone: str, language: str = "en", reader_zone: str | None = None) -> str:
    """Return "by Tuesday 30 January": the last whole day before `moment` in `zone`, if the reader has all of it.

    Otherwise the day and time of `moment` in the reader's zone: "by Tuesday 30 January, 9:00 pm".
    """
    deadline = Deadline.around(moment, zone)
    closes_early = bool(reader_zone) and Deadline(deadline.day, str(reader_zone)).closes_at > moment
    with translation.override(formatting.spoken(language)):
        if deadline.closes_at == moment and not closes_early:
            return _("by {day}").format(day=formatting.day_text(deadline.day, language, year=False))
        return _("by {day}").format(day=_day_and_time(moment, reader_zone or zone, language))


def _offset(moment: datetime, zone: str) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


def _day_and_time(moment: datetime, zone: str, language: str, ending: str = "{day}") -> str:
    """Return "Wednesday 31 January, 9:00 am"; midnight is the `ending` of the day before."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.time() == time():
        day = local.date() - timedelta(days=1)
        return ending.format(day=formatting.day_text(day, language, year=False))
    clock = formatting.time_text(local.time().replace(microsecond=0), language)
    return f"{formatting.day_text(local.date(), language, year=False)}, {clock}"


def deadline_instant(day: date | None, zone: str) -> datetime | None:
    """Return the instant at which the deadline `day` in `zone` closes: the end of that day there."""
    return None if day is None else Deadline(day, zone).closes_at
