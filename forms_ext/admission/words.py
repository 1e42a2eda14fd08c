"""Instants and addresses as our mails and pages write them."""

from datetime import datetime, time, timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cop_program.models import Program
from cop_program.wording import day_text, generic_name, time_text

MICROSECOND = timedelta(microseconds=1)


def end_of_day(moment: datetime, zone: str, *, days: int = 0) -> datetime:
    """Return the end of the day that ends at or contains `moment` in `zone`, `days` days later."""
    day = (moment - MICROSECOND).astimezone(ZoneInfo(zone)).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), ZoneInfo(zone))


def until(moment: datetime, zone: str, language: str = "en") -> str:
    """Return "the end of Tuesday 30 January 2024, Pacific Time", or the time of day where it is no midnight."""
    local = moment.astimezone(ZoneInfo(zone))
    with translation.override(language):
        name = generic_name(zone, language)
        if local.time() == time():
            day = (moment - MICROSECOND).astimezone(ZoneInfo(zone)).date()
            return _("the end of %(day)s, %(zone)s") % {"day": day_text(day, language), "zone": name}
        return _("%(time)s on %(day)s, %(zone)s") % {
            "time": time_text(local.time().replace(microsecond=0), language),
            "day": day_text(local.date(), language),
            "zone": name,
        }


def until_here(moment: datetime, program: Program) -> str:
    """Return `until` in the zone of `program`, in the language of the page that is being shown."""
    return until(moment, zone_of(program), translation.get_language() or "en")


def zone_of(program: Program) -> str:
    """Return the zone in which the registration of `program` closes."""
    page = program.page
    return page.registration_deadline_zone or page.home_zone


def absolute(path: str) -> str:
    """Return the whole address of a path of this site."""
    return urljoin(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "", path)


def way(program: Program, step: str) -> str:
    """Return the last line of a mail: where its reader is on the way of `program`."""
    try:
        from cop_program.way import line
    except ImportError:
        return ""
    return str(line(program, step))
