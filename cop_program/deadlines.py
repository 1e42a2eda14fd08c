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
            own = self._own_time(language, reader_zone)
            return _("{deadline} (in your time: {own})").format(deadline=text, own=own) if own else text

    def end_text(self, language: str = "en") -> str:
        """Return "the end of Tuesday 30 January 2024, Pacific time"."""
        with translation.override(formatting.spoken(language)):
            return _("the end of {day}, {zone}").format(
                day=formatting.day_text(self.day, language), zone=self.zone_text(language)
            )

    def short(self, language: str = "en") -> str:
        """Return "by Tuesday 30 January"."""
        with translation.override(formatting.spoken(language)):
            return _("by {day}").format(day=formatting.day_text(self.day, language, year=False))

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

    def _own_time(self, language: str, reader_zone: str | None) -> str:
        if not reader_zone or reader_zone == self.zone:
            return ""
        local = self.closes_at.astimezone(ZoneInfo(reader_zone))
        if local.time() == time():
            day = local.date() - timedelta(days=1)
            if day == self.day:
                return ""
            return _("the end of {day}").format(day=formatting.day_text(day, language, year=False))
        return (
            f"{formatting.day_text(local.date(), language, year=False)}, {formatting.time_text(local.time(), language)}"
        )


def deadline_instant(day: date | None, zone: str) -> datetime | None:
    """Return the instant at which the deadline `day` in `zone` closes: the end of that day there."""
    return None if day is None else Deadline(day, zone).closes_at
