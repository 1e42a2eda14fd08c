"""Amounts as people type them: read as pages write them in the language in use ("1,997", in German "1.997,00")."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from djmoney.forms import MoneyField as AnyMoneyField
from djmoney.forms.widgets import MoneyWidget
from djmoney.money import Money

from . import formatting, locales
from .formatting import MINUS

#: What may stand around an amount and between its thousands: spaces of any kind, apostrophes.
GAPS = re.compile(r"(?<=\d)[\s'’](?=\d{3})")
AROUND = re.compile(r"^(?:[A-Za-z]{3}|[^\w\s.,+-])?\s*([+-]?\s*[\d.,]+)\s*(?:[A-Za-z]{3}|[^\w\s.,+-])?$")
GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")


def parse(text: str, language: str) -> Decimal:
    """Return the amount that a reader of `language` means by `text`: "1,997", "1 997,50", "USD 1.997,00".

    With both signs, the last one begins the decimals. A single one before three digits means what it means in
    `language`; otherwise it begins the decimals. Raise ValueError if it is no amount.
    """
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text.strip().replace(MINUS, "-"))
    match = AROUND.match(GAPS.sub("", plain))
    if match is None:
        raise ValueError(text)
    number = match[1].replace(" ", "")
    point = _point(number.lstrip("+-"), language)
    groups = "," if point == "." else "."
    whole, _sign, decimals = number.partition(point) if point else (number, "", "")
    if groups in decimals or (groups in whole and not GROUPED.fullmatch(whole.lstrip("+-"))):
        raise ValueError(text)
    try:
        return Decimal(f"{whole.replace(groups, '')}.{decimals}" if decimals else whole.replace(groups, ""))
    except InvalidOperation:
        raise ValueError(text) from None


def _point(number: str, language: str) -> str:
    """Return the sign that begins the decimals of `number`; of "1,997.50" the last one."""
    signs = [sign for sign in number if sign in ".,"]
    if not signs:
        return "."
    last = signs[-1]
    if len(set(signs)) > 1:
        return last
    other = "," if last == "." else "."
    if len(signs) > 1:
        return other
    before, _last, after = number.partition(last)
    is_ambiguous = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    if is_ambiguous and get_decimal_symbol(formatting.locale_of(language)) != last:
        return other
    return last


def written(amount: Decimal, currency: str, language: str) -> str:
    """Return `amount` as pages write it, without its currency: "1,997", "499.25"."""
    return formatting.money_text(Money(amount, currency), language).removesuffix(f"\N{NO-BREAK SPACE}{currency}")


class AmountField(forms.DecimalField):
    """An amount in `currency`, typed and shown as pages write it."""

    widget = forms.TextInput

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**{"decimal_places": 3, "max_digits": 18} | kwargs)

    def to_python(self, value: Any) -> Any:
        """Read what was typed. Raise ValidationError with an example if it is no amount in the currency."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            amount = parse(value, locales.language())
        except ValueError:
            raise ValidationError(self._advice(), code="invalid") from None
        if self.currency and formatting.round_minor(Money(amount, self.currency)).amount != amount:
            raise ValidationError(self._advice(), code="invalid")
        return amount

    def _advice(self) -> str:
        example = Decimal("1250.50")
        if self.currency:
            example = formatting.round_minor(Money(example, self.currency)).amount
        return _("Enter an amount such as {example}.").format(
            example=written(example, self.currency or "USD", locales.language())
        )

    def prepare_value(self, value: Any) -> Any:
        """Write an amount as pages do; what was typed stays as it is."""
        return written(value, self.currency or "USD", locales.language()) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask for the keyboard with digits, which has a comma and a point."""
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


class AmountWidget(MoneyWidget):
    """An amount, written as pages write it, and its currency."""

    def decompress(self, value: Any) -> list[Any]:
        """Write the amount."""
        amount, currency = super().decompress(value)
        if isinstance(amount, Decimal):
            amount = written(amount, str(currency or "USD"), locales.language())
        return [amount, currency]


class MoneyField(AnyMoneyField):
    """An amount with its currency, for `cop_program.fields.MoneyField`."""

    fields: tuple[forms.Field, ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = ("max_value", "min_value", "max_digits", "decimal_places")
        amount = AmountField(required=False, **{name: kwargs[name] for name in options if name in kwargs})
        self.fields = (amount, self.fields[1])
        self.widget = AmountWidget(
            amount_widget=amount.widget,
            currency_widget=self.fields[1].widget,
            default_currency=kwargs.get("default_currency"),
        )
