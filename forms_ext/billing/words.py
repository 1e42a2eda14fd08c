"""Dates, amounts and countries as the reader of an invoice is used to see them."""

from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_precision
from djmoney.money import Money

from ..base.money import locale_of, round_minor

MINUS = "\N{MINUS SIGN}"


def day(value: date, language: str) -> str:
    """Return a date with its month in letters, so that nobody misreads it ("30 January 2024")."""
    locale = locale_of(language)
    return format_date(value, "d MMMM y" if locale.language == "en" else "long", locale=locale)


def figure(amount: Money, language: str) -> str:
    """Return an amount without its currency, with all its decimals ("1,897.00", "-100.00" with a true minus)."""
    rounded = round_minor(amount)
    places = get_currency_precision(str(rounded.currency))
    pattern = "#,##0" + ("." + "0" * places if places else "")
    text = format_decimal(rounded.amount, format=pattern, locale=locale_of(language))
    return text.replace("-", MINUS)


def country(code: str, language: str) -> str:
    """Return the name of a country in `language`; its code where that language has no name for it."""
    locale: Locale = locale_of(language)
    return str(locale.territories.get(code, code))
