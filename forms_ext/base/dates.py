"""Format instants for emails and pages, in the program's home time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from cop_program import reader
from cop_program.deadlines import Deadline
from cop_program.formatting import day_text, time_text
from cop_program.models import Program


def end_of_day(moment: datetime, zone: str, *, days: int = 0) -> datetime:
    """Return the end of the day that ends at or contains `moment` in `zone`, `days` days later."""
    return Deadline.around(moment, zone, days=days).closes_at


def until(moment: datetime, zone: str, language: str = "en") -> str:
    """Return "the end of Tuesday 30 January 2024, Pacific time", or the time of day if it is no midnight."""
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


def until_here(moment: datetime, program: Program) -> str:
    """Return `until` in the zone of `program`, in the language of the page that is being shown."""
    return until(moment, zone_of(program), reader.language())


def zone_of(program: Program) -> str:
    """Return the zone in which the registration of `program` closes."""
    page = program.page
    return page.registration_deadline_zone or page.home_zone
