"""Dates and countries as the reader of an invoice is used to see them."""

from datetime import date

from babel import Locale

from cop_program.wording import date_text, locale_of


def day(value: date, language: str) -> str:
    """Return a date with its month in letters, so that nobody misreads it ("30 January 2024")."""
    return date_text(value, language)


def country(code: str, language: str) -> str:
    """Return the name of a country in `language`; its code where that language has no name for it."""
    locale: Locale = locale_of(language)
    return str(locale.territories.get(code, code))
