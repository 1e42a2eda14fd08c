"""Dates, times and time zones in words (Babel and the time zone database)."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_precision
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from djmoney.money import Money

from . import locales
from .locales import babel_locale

MINUS = "\N{MINUS SIGN}"


@cache
def is_spoken(language: str) -> bool:
    """Tell whether this app is translated into `language`; otherwise whole sentences are in English."""
    probe = "the end of {day}, {zone}"
    with translation.override(language or "en"):
        return language.split("-")[0] == "en" or _(probe) != probe


def spoken(language: str) -> str:
    """Return the language of a text for a reader of `language`: English if there is no translation."""
    return language if is_spoken(language) else "en"


def locale_of(language: str) -> Locale:
    """Return the Babel locale in which a text for a reader of `language` is written."""
    return babel_locale(spoken(language))


def and_list(parts: Sequence[str], language: str) -> str:
    """Return "a, b and c"."""
    return format_list(list(parts), locale=locale_of(language))


# Times -----------------------------------------------------------------------------------------


def _is_twelve_hour(language: str) -> bool:
    locale = locale_of(language)
    return locale.language == "en" or "a" in _hours_pattern(locale)


def _hours_pattern(locale: Locale) -> str:
    return str(locale.time_formats["short"].pattern)


def _digits(moment: time, hour: int | str) -> str:
    seconds = f":{moment.second:02}" if moment.second else ""
    return f"{hour}:{moment.minute:02}{seconds}"


def _half(moment: time) -> str:
    return _("am") if moment.hour < 12 else _("pm")


def _word(moment: time) -> str:
    if moment == time(0):
        return _("midnight")
    return _("noon") if moment == time(12) else ""


def time_text(moment: time, language: str) -> str:
    """Return "9:00 am", "noon" or "midnight"; "09:00" or "9:00" if days have 24 hours."""
    if not _is_twelve_hour(language):
        return _digits(moment, f"{moment.hour:02}" if "HH" in _hours_pattern(locale_of(language)) else moment.hour)
    with translation.override(spoken(language)):
        return _word(moment) or f"{_digits(moment, moment.hour % 12 or 12)} {_half(moment)}"


def time_range(start: time, end: time, language: str, *, days: int = 0) -> str:
    """Return "4:00 - 7:00 pm", "10:00 am - 1:00 pm" or "9:00 am - noon"; `days` is how many days later it ends."""
    same_half = _half(start) == _half(end) and days == 0 and start <= end
    if same_half and not _word(start) and not _word(end) and _is_twelve_hour(language):
        return f"{_digits(start, start.hour % 12 or 12)} - {time_text(end, language)}"
    return f"{time_text(start, language)} - {time_text(end, language)}"


# Dates -----------------------------------------------------------------------------------------


def day_text(day: date, language: str, *, year: bool = True) -> str:
    """Return "Tuesday 30 January 2024"."""
    return format_date(day, _day_pattern(locale_of(language), year=year), locale=locale_of(language))


def _day_pattern(locale: Locale, *, year: bool) -> str:
    if locale.language == "en":
        return "EEEE d MMMM y" if year else "EEEE d MMMM"
    if year:
        return str(locale.date_formats["full"].pattern)
    known = locale.datetime_skeletons
    pattern = str((known.get("MMMMEd") or known.get("MMMEd") or locale.date_formats["full"]).pattern)
    return re.sub(r"M{3,4}", "MMMM", re.sub(r"E+", "EEEE", pattern))


def date_text(day: date, language: str, *, year: bool = True) -> str:
    """Return "30 January 2024"."""
    return format_date(day, _date_pattern(locale_of(language), year=year), locale=locale_of(language))


def _date_pattern(locale: Locale, *, year: bool) -> str:
    if locale.language == "en":
        return "d MMMM y" if year else "d MMMM"
    return str(locale.date_formats["long"].pattern if year else locale.datetime_skeletons["MMMMd"].pattern)


def local(value: date | datetime) -> date:
    """Return an instant in the time zone in use; a date as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def shown_day(value: date | datetime) -> str:
    """Return "30 January 2024" for a reader of the language, and in the time zone, in use."""
    return date_text(local(value), locales.language())


def shown_time(value: datetime) -> str:
    """Return "9:00 am"."""
    return time_text(timezone.localtime(value).time().replace(second=0, microsecond=0), locales.language())


def shown_moment(value: datetime) -> str:
    """Return "30 January 2024, 9:00 am"."""
    return f"{shown_day(value)}, {shown_time(value)}"


def weekday_text(day: date, language: str) -> str:
    """Return "Tuesday"."""
    return format_date(day, "EEEE", locale=locale_of(language))


def dates_text(days: Iterable[date], language: str) -> str:
    """Return a heading of dates: "Wednesdays 7 and 28 February, 27 March and 26 June 2024"."""
    days = sorted(set(days))
    if len(days) == 1:
        return day_text(days[0], language)
    if len({day.weekday() for day in days}) > 1:
        return _years(days, language, _with_weekday)
    weekday = _("{weekday}s").format(weekday=weekday_text(days[0], language))
    comma = "," if "EEEE," in _day_pattern(locale_of(language), year=True) else ""
    return f"{weekday}{comma} {_years(days, language, _by_month)}"


def _years(days: list[date], language: str, write: Callable[[list[date], str], list[str]]) -> str:
    parts: list[str] = []
    for _year, of_year in groupby(days, key=lambda day: day.year):
        parts += write(list(of_year), language)
    return and_list(parts, language)


def _with_weekday(days: list[date], language: str) -> list[str]:
    """Return ["Wednesday 7 February", "Friday 1 March 2024"]: the year with the last."""
    return [day_text(day, language, year=day == days[-1]) for day in days]


def _by_month(days: list[date], language: str) -> list[str]:
    """Return ["7 and 28 February", "27 March 2024"]: the year with the last."""
    parts = []
    for _month, group in groupby(days, key=lambda day: day.month):
        of_month = list(group)
        last = date_text(of_month[-1], language, year=of_month[-1] == days[-1])
        before = [_number(day, language) for day in of_month[:-1]]
        parts.append(and_list([*before, last], language))
    return parts


def _number(day: date, language: str) -> str:
    """Return the day of a date that shares its month with the next: "7", "7."."""
    point = "." if _date_pattern(locale_of(language), year=False).startswith("d.") else ""
    return f"{day.day}{point}"


def duration_text(length: timedelta) -> str:
    """Return "1 hour", "30 minutes", "1 hour and 30 minutes" or "1 day", in the language in use."""
    minutes = round(length.total_seconds() / 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        ngettext("{n} day", "{n} days", days).format(n=days) if days else "",
        ngettext("{n} hour", "{n} hours", hours).format(n=hours) if hours else "",
        ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes) if minutes else "",
    ]
    return and_list([part for part in parts if part], locales.language()) or _("less than a minute")


# Zones -----------------------------------------------------------------------------------------


def city(zone: str, language: str) -> str:
    """Return the place that names a zone: "Sydney", "Buenos Aires"."""
    known = locale_of(language).time_zones.get(zone, {}).get("city")
    return str(known) if known else zone.rsplit("/", 1)[-1].replace("_", " ")


def offset_text(offset: timedelta) -> str:
    """Return "UTC−03:00"."""
    seconds = int(abs(offset).total_seconds())
    sign = MINUS if offset < timedelta() else "+"
    rest = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"UTC{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}{rest}"


def letters(local: datetime) -> str:
    """Return the letters of a zone at an aware local datetime ("AEST"), or its offset if it has none."""
    name = local.tzname() or ""
    offset = local.utcoffset()
    return name if name.isalpha() or offset is None else offset_text(offset)


@cache
def generic_name(zone: str, language: str) -> str:
    """Return the name of a zone for the whole year: "Pacific Time". UTC has no other name."""
    variant: Literal["generic", "standard"] = "standard" if zone == "UTC" else "generic"
    return get_timezone_name(ZoneInfo(zone), width="long", locale=locale_of(language), zone_variant=variant)


@cache
def _namesakes(zone: str, language: str) -> tuple[str, ...]:
    """Return the zones that bear the same generic name as `zone`."""
    metazones = get_global("meta_zones")
    names = [name for name, metazone in metazones.items() if metazone == metazones.get(zone) and _exists(name)]
    return tuple(name for name in names if generic_name(name, language) == generic_name(zone, language))


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def _changes_clocks(zone: str, year: int) -> bool:
    here = ZoneInfo(zone)
    return len({datetime(year, month, 1, tzinfo=here).utcoffset() for month in range(1, 13)}) > 1


def generic_name_is_enough(zone: str, instants: Iterable[datetime], language: str) -> bool:
    """Tell whether the generic name of `zone` identifies its time at all `instants`.

    "Eastern Time" is enough for New York, although Jamaica, which never changes its clocks, has the same name.
    "Mountain Time" is not enough for Phoenix.
    """
    return all(
        moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.astimezone(ZoneInfo(other)).utcoffset()
        for moment in instants
        for other in _namesakes(zone, language)
        if _changes_clocks(other, moment.year) or not _changes_clocks(zone, moment.year)
    )


def change_dates_text(before: date, after: date, language: str) -> str:
    """Return "28 February and 27 March 2024", with the first year if it is another one."""
    first = date_text(before, language, year=before.year != after.year)
    return and_list([first, date_text(after, language)], language)


# Money -----------------------------------------------------------------------------------------


@cache
def minor_unit(currency: str) -> Decimal:
    """Return the minor unit of a currency: 0.01 of USD, 1 of JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def round_minor(amount: Money) -> Money:
    """Return `amount` rounded half up at the minor unit of its currency (two decimals of USD, none of JPY)."""
    unit = minor_unit(str(amount.currency))
    return Money(Decimal(amount.amount).quantize(unit, rounding=ROUND_HALF_UP), amount.currency)


def money_text(amount: Money, language: str) -> str:
    """Return "1,997 USD" or "499.25 USD": the letters of the currency, decimals only if there are any."""
    number = round_minor(amount).amount
    places = 0 if number == number.to_integral_value() else get_currency_precision(str(amount.currency))
    return f"{_figure(number, places, language)}\N{NO-BREAK SPACE}{amount.currency}"


def money_figure(amount: Money, language: str) -> str:
    """Return "1,997.00": an amount in a column, with all decimals of its currency and without its code."""
    return _figure(round_minor(amount).amount, get_currency_precision(str(amount.currency)), language)


def _figure(number: Decimal, places: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(number, format=pattern, locale=locale_of(language)).replace("-", MINUS)
