"""Amounts: rounded half up at the currency's minor unit, and written the reader's way."""

from decimal import ROUND_HALF_UP, Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from djmoney.money import Money


def round_minor(amount: Money) -> Money:
    """Return `amount` rounded half up at the minor unit of its currency (two decimals of USD, none of JPY)."""
    unit = Decimal(1).scaleb(-get_currency_precision(str(amount.currency)))
    return Money(Decimal(amount.amount).quantize(unit, rounding=ROUND_HALF_UP), amount.currency)


def locale_of(language: str) -> Locale:
    """Return Babel's locale for a language code of Django's ("pt-br"); English where Babel knows none."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language.split("-")[0]) if language[:2] in {"pt", "zh", "es", "fr", "de"} else Locale("en")


def format_money(amount: Money, language: str = "en") -> str:
    """Return `amount` with its three-letter currency, as a careful writer of `language` puts it ("1,897.00 USD")."""
    rounded = round_minor(amount)
    number = format_currency(
        rounded.amount, str(rounded.currency), format="#,##0.00", locale=locale_of(language), currency_digits=True
    )
    return f"{number}\N{NO-BREAK SPACE}{rounded.currency}"
