"""The form fields of questions whose answers need reading: numbers, phone numbers, choices."""

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from cop_program import locales
from cop_program.numbers import read
from cop_program.zones import current_name

from ..base.fields import TextField
from . import error_messages

NO_ANSWER = _("No answer")


class NumberField(forms.DecimalField):
    """A number, typed as people in the reader's language write it."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                value = read(value, locales.language())
            except ValueError:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)


class NumberInput(forms.TextInput):
    """A text input: browsers empty a number input when its comma is not that of their own language."""

    def format_value(self, value: Any) -> str | None:
        return str(value) if isinstance(value, str) else formats.localize_input(value) if value is not None else None


class PhoneField(TextField):
    """A phone number, kept in E.164; its extension follows as in RFC 3966: "+15745550123;ext=52"."""

    def clean(self, value: Any, region: str = "") -> str:
        """Return the number; without a country code it is one of the country `region`.

        Raise ValidationError if it is no phone number.
        """
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(_international(text) if not region else text, region or None)
        except phonenumbers.NumberParseException:
            raise ValidationError(error_messages.PHONE, code="invalid") from None
        if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
            raise ValidationError(error_messages.PHONE, code="invalid")
        extension, number.extension = number.extension, None
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return f"{written};ext={extension}" if extension else written


def _international(text: str) -> str:
    return f"+{text[2:]}" if text.startswith("00") else text


class ZoneField(forms.ChoiceField):
    """A time zone, by its name of today."""

    def to_python(self, value: Any) -> str:
        return current_name(super().to_python(value))


class ChoiceField(forms.ChoiceField):
    """One of several choices; if it is optional, it can be taken back."""

    def __init__(self, *, choices: list[str], **kwargs: Any) -> None:
        few = len(choices) <= 7
        empty = [] if few and kwargs["required"] else [("", NO_ANSWER if few else "")]
        super().__init__(
            choices=[*empty, *((text, text) for text in choices)],
            widget=forms.RadioSelect if few else forms.Select,
            **kwargs,
        )
