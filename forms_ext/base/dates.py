"""Format instants for emails and pages, in the program's home time zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from cop_program import locales
from cop_program.deadlines import Deadline, with_own_time
from cop_program.formatting import day_text, time_text
from cop_program.models import Program
from cop_program.zones import zone_names

SATURDAY = 5


def working_day_after(day: date, days: int) -> date:
    """Return the day from Monday to Friday that is `days` such days after `day`."""
    for _day in range(days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day


def working_days_later(moment: datetime, zone: str, days: int) -> datetime:
    """Return the end of the day that is `days` working days after the one that ends at or contains `moment`."""
    return Deadline(working_day_after(Deadline.around(moment, zone).day, days), zone).closes_at


def until(moment: datetime, zone: str, language: str = "en", reader_zone: str = "") -> str:
    """Return "the end of Tuesday 30 January 2024, Pacific time", or the time of day if it is no midnight.

    In another `reader_zone`, the reader's time follows: "(in your time: Wednesday 31 January, 9:00 am)".
    """
    return with_own_time(_until(moment, zone, language), moment, zone, language, reader_zone)


def _until(moment: datetime, zone: str, language: str) -> str:
    deadline = Deadline.around(moment, zone)
    if deadline.closes_at == moment:
        return deadline.end_text(language)
    local = moment.astimezone(ZoneInfo(zone))
    with translation.override(language):
        return _("%(time)s on %(day)s, %(zone)s") % {
            "time": time_text(local.time().replace(microsecond=0), language),
            "day": day_text(local.date(), language),
            "zone": deadline.zone_text(language),
        }


def link_zone(program: Program) -> str:
    """Return the zone in which ends of invitation links are set and written: that of the registration deadline."""
    page = program.page
    return page.registration_deadline_zone or page.home_zone


def link_until(moment: datetime, program: Program) -> str:
    """Return `until` for the end of a link, in the language of the page that is being shown."""
    return until(moment, link_zone(program), locales.language())


def hold_zone(program: Program) -> str:
    """Return the zone in which ends of holds are set and written: the home zone."""
    return program.page.home_zone


def hold_until(moment: datetime, program: Program) -> str:
    """Return `until` for the end of a hold, in the language of the page that is being shown."""
    return until(moment, hold_zone(program), locales.language())


def end_of_program(program: Program) -> datetime:
    """Return the end of the last day of `program` in its home zone."""
    page = program.page
    return Deadline(page.ends_on, page.home_zone).closes_at


def known_zone(name: str) -> str:
    """Return `name`, the time zone that a person has told us, or '' if there is none of that name."""
    return name if name in zone_names() else ""
