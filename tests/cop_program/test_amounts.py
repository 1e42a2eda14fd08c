"""Amounts as people type them in each language; what could mean two amounts in a currency is asked again."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from djmoney.money import Money

from cop_program.amounts import AmountField, MoneyField, parse, written

TYPED = [
    ("en", "1,997", "1997"),
    ("en", "1,997.00", "1997"),
    ("en", "1.997,00", "1997"),
    ("en", "1997", "1997"),
    ("en", "$1,997.50", "1997.5"),
    ("en", "1,997\xa0USD", "1997"),
    ("en", "USD 1997", "1997"),
    ("en", "1,00,000", "100000"),
    ("en", "1,997,000.5", "1997000.5"),
    ("en", "0,5", "0.5"),
    ("en", "-5", "-5"),
    ("en", "\N{MINUS SIGN}5", "-5"),
    ("en", "٣٠٠", "300"),
    ("de", "1.997,00", "1997"),
    ("de", "1.997", "1997"),
    ("de", "1,997.00", "1997"),
    ("de", "0,50", "0.5"),
    ("de", "1’997.50", "1997.5"),
    ("fr", "1\u202f997,50", "1997.5"),
    ("fr", "1 997,50 EUR", "1997.5"),
    ("es", "1.997,50 €", "1997.5"),
]


@pytest.mark.parametrize(("language", "typed", "amount"), TYPED)
def test_what_is_typed_is_read_as_pages_write_it(language: str, typed: str, amount: str) -> None:
    assert parse(typed, language) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "abc", "1,9,97", "12,34,5", "1.2.3,4.5", "--5", "1 2", "1e3", "NaN", "1,997 US"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        parse(typed, "en")


@pytest.mark.parametrize(
    ("language", "currency", "typed", "example"),
    [("en", "USD", "1.997", "1,250.50"), ("de", "USD", "1,997", "1.250,50"), ("en", "JPY", "1.5", "1,251")],
)
def test_too_many_decimals_are_asked_again_with_an_example(
    language: str, currency: str, typed: str, example: str
) -> None:
    with translation.override(language), pytest.raises(ValidationError, match=example):
        AmountField(currency=currency).clean(typed)
    assert AmountField(currency="KWD").clean("1.997") == Decimal("1.997")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("amount", ["0", "0.5", "100", "1997", "1897.5", "1234567.89"])
def test_what_a_field_shows_is_what_it_reads(language: str, amount: str) -> None:
    with translation.override(language):
        assert AmountField(currency="USD").clean(written(Decimal(amount), "USD", language)) == Decimal(amount)
        field = MoneyField(max_digits=18, decimal_places=2, currency_choices=[("USD", "USD")])
        shown = field.widget.decompress(Money(amount, "USD"))
        assert field.clean(shown) == Money(amount, "USD")
        assert not field.has_changed(Money(amount, "USD"), shown)
