"""Question types: one class each, with the Django field, the stored value, its JSON Schema and what staff see."""

import datetime
import logging
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import phonenumbers
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.utils import formats
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cop_program import locales
from cop_program.countries import countries
from cop_program.formatting import date_text
from cop_program.zones import label as zone_label
from cop_program.zones import replaced_json, zone_choices, zone_names

from ..base.conf import conf
from ..base.fields import EmailField, LinkField, TextField, valid_unicode
from . import error_messages, roles
from .fields import ChoiceField, NumberField, NumberInput, PhoneField, ZoneField

type Question = Mapping[str, Any]

logger = logging.getLogger(__name__)


class QuestionType:
    """How one type of question is asked, checked, stored and read. Name a subclass in `COP_QUESTION_TYPES`."""

    name: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str] = "edit"
    description: ClassVar[Any] = ""
    options: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[tuple[str, ...]] = ()
    usual_length: ClassVar[int] = 0
    always_required: ClassVar[bool] = False
    is_file: ClassVar[bool] = False

    def field(self, question: Question) -> forms.Field:
        """Return the Django field that asks `question`."""
        raise NotImplementedError

    def clean(self, field: forms.Field, value: Any, *, region: str = "") -> Any:
        """Return `value`, which a person typed, as `field` cleans it; other answers say that they live in `region`.

        Raise ValidationError if it will not do.
        """
        return field.clean(value)

    def to_json(self, value: Any) -> Any:
        """Return the cleaned `value` as it is stored."""
        return value

    def store(self, value: Any, *, key: str, page_id: int) -> Any:
        """Return the JSON value to store for the cleaned `value` of the question `key` on the page `page_id`."""
        return self.to_json(value)

    def from_json(self, value: Any) -> Any:
        """Return what the widget of the field takes for `value`, which the API was sent as it would be stored."""
        return value

    def hidden_name(self, key: str) -> str:
        """Return the name of the hidden field that carries an answer which was posted before."""
        return key

    def schema(self, question: Question) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of a stored answer: any that is true of all that the field takes."""
        return {"type": "string"}

    def display(self, value: Any) -> str:
        """Return the stored `value` as staff read it."""
        return str(value)


_types: dict[str, QuestionType] = {}
#: The types of `COP_QUESTION_TYPES` that cannot be used, and why.
left_out: dict[str, str] = {}


def register(cls: type[QuestionType]) -> type[QuestionType]:
    """Add a question type. Raise ImproperlyConfigured if it is none, or if its name, label or roles will not do."""
    if not (isinstance(cls, type) and issubclass(cls, QuestionType)):
        raise ImproperlyConfigured(f"{cls!r} is not a subclass of QuestionType.")
    name = getattr(cls, "name", "")
    if not name.isidentifier():
        raise ImproperlyConfigured(f"{cls.__name__}.name must be an identifier.")
    if not getattr(cls, "label", ""):
        raise ImproperlyConfigured(f"{cls.__name__}.label must say what editors choose.")
    if unknown := set(cls.roles) - set(roles.LABELS):
        raise ImproperlyConfigured(f"{cls.__name__}.roles: there is no role {', '.join(sorted(unknown))}.")
    if name in _types:
        raise ImproperlyConfigured(f"There is already a question type {name!r}.")
    _types[name] = cls()
    return cls


@cache
def register_others() -> None:
    """Add the types that `COP_QUESTION_TYPES` names; those that cannot be added are in `left_out`."""
    try:
        paths = conf.COP_QUESTION_TYPES
    except ImproperlyConfigured:  # a system check says so, once the apps are loaded
        return
    for path in paths:
        try:
            register(import_string(path))
        except Exception as error:  # whatever the site's own module raises
            logger.exception("The question type %s cannot be used.", path)
            left_out[path] = f"{type(error).__name__}: {error}"


def get(name: str) -> QuestionType:
    """Return the type called `name`. Raise KeyError if it is not registered."""
    return _types[name]


def all_types() -> list[QuestionType]:
    """Return every type, in the order of registration."""
    return list(_types.values())


def common(question: Question) -> dict[str, Any]:
    """Return what every Django field of `question` takes."""
    return {
        "label": question["label"],
        "help_text": question.get("help", ""),
        "required": question.get("required", False),
        "error_messages": error_messages.of_question(question),
    }


def longest(question: Question, usual: int) -> int:
    """Return how many characters an answer may have: the editor's limit, or less if its role has less room."""
    own = question.get("max_length") or usual
    return min(own, roles.longest(question.get("role", "")) or own)


def within(limit: int) -> list[Any]:
    """Return the validators of text with at most `limit` characters.

    The browser does not get the limit: it counts differently, and cuts pasted text silently.
    """
    return [MaxLengthValidator(limit), valid_unicode]


@register
class Text(QuestionType):
    name, label, icon, options = "text", _("Text"), "pilcrow", ("max_length",)
    description, usual_length = _("A single line."), 255
    roles = ("name", "organization", "billing_name")

    def field(self, question: Question) -> forms.Field:
        return TextField(**common(question), validators=within(longest(question, self.usual_length)))

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "maxLength": longest(question, self.usual_length)}


@register
class LongText(QuestionType):
    name, label, icon, options = "long_text", _("Long text"), "edit", ("max_length",)
    description, usual_length = _("Several lines, such as an address or a motivation."), 5000
    roles = ("billing_address",)

    def field(self, question: Question) -> forms.Field:
        limit = longest(question, self.usual_length)
        return TextField(**common(question), widget=forms.Textarea, validators=within(limit))

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "maxLength": longest(question, self.usual_length)}


@register
class Email(QuestionType):
    name, label, icon, roles = "email", _("Email"), "mail", ("email",)
    usual_length = 254

    def field(self, question: Question) -> forms.Field:
        return EmailField(
            **common(question),
            max_length=None,
            validators=within(longest(question, self.usual_length)),
        )

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "format": "email", "maxLength": longest(question, self.usual_length)}


@register
class Number(QuestionType):
    name, label, icon, options = "number", _("Number"), "order", ("minimum", "maximum")

    def field(self, question: Question) -> forms.Field:
        low, high = question.get("minimum"), question.get("maximum")
        return NumberField(
            **common(question),
            widget=NumberInput(attrs={"inputmode": "decimal"}),
            min_value=None if low is None else error_messages.plain(low),
            max_value=None if high is None else error_messages.plain(high),
            max_digits=15,
            decimal_places=6,
        )

    def to_json(self, value: Any) -> Any:
        return int(value) if value == value.to_integral_value() else float(value)

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "number"}

    def display(self, value: Any) -> str:
        return formats.localize(value, use_l10n=True)


@register
class Date(QuestionType):
    name, label, icon = "date", _("Date"), "date"

    def field(self, question: Question) -> forms.Field:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(**common(question), widget=widget, input_formats=["%Y-%m-%d"])

    def to_json(self, value: Any) -> Any:
        return value.isoformat()

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def display(self, value: Any) -> str:
        return date_text(datetime.date.fromisoformat(value), locales.language())


@register
class Choice(QuestionType):
    name, label, icon, options = "choice", _("Choice"), "radio-full", ("choices",)
    description = _("One of several choices. Shown as buttons, or as a list if there are many.")

    def field(self, question: Question) -> forms.Field:
        return ChoiceField(**common(question), choices=question.get("choices", []))

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "enum": list(question.get("choices", []))}


@register
class Choices(QuestionType):
    name, label, icon, options = "choices", _("Multiple choice"), "list-ul", ("choices",)
    description = _("Any number of choices.")

    def field(self, question: Question) -> forms.Field:
        choices = [(text, text) for text in question.get("choices", [])]
        return forms.MultipleChoiceField(**common(question), choices=choices, widget=forms.CheckboxSelectMultiple)

    def schema(self, question: Question) -> dict[str, Any]:
        items = {"type": "string", "enum": list(question.get("choices", []))}
        return {"type": "array", "items": items, "uniqueItems": True}

    def display(self, value: Any) -> str:
        return ", ".join(value)


@register
class Checkbox(QuestionType):
    name, label, icon = "checkbox", _("Checkbox"), "check"
    description = _("One checkbox: yes or no.")

    def field(self, question: Question) -> forms.Field:
        return forms.BooleanField(**common(question))

    def schema(self, question: Question) -> dict[str, Any]:
        must = self.always_required or question.get("required")
        return {"type": "boolean"} | ({"const": True} if must else {})

    def display(self, value: Any) -> str:
        return str(_("Yes") if value else _("No"))


@register
class Consent(Checkbox):
    name, label, icon, roles = "consent", _("Consent"), "lock", ("policy_consent",)
    description = _("A checkbox that must be selected to send the form.")
    always_required = True

    def field(self, question: Question) -> forms.Field:
        return forms.BooleanField(**{**common(question), "required": True})


def country_choices() -> list[tuple[str, str]]:
    """Return `(code, name)` of each country in the language in use, with an empty first line."""
    return [("", ""), *((country.code, country.name) for country in countries)]


@register
class Country(QuestionType):
    name, label, icon, roles = "country", _("Country"), "globe", ("country",)

    def field(self, question: Question) -> forms.Field:
        return forms.ChoiceField(**common(question), choices=country_choices)

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Z]{2}$"}

    def display(self, value: Any) -> str:
        return str(countries.name(value) or value)


@register
class TimeZone(QuestionType):
    name, label, icon = "time_zone", _("Time zone"), "time"
    description = _("Detected by the browser. The person can change it.")

    def field(self, question: Question) -> forms.Field:
        widget = forms.Select(attrs={"data-own-zone": "", "data-replaced": replaced_json()})
        return ZoneField(**common(question), choices=lambda: [("", ""), *zone_choices()], widget=widget)

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "enum": sorted(zone_names())}

    def display(self, value: Any) -> str:
        return zone_label(str(value))


@register
class Phone(QuestionType):
    name, label, icon = "phone", _("Phone"), "mobile-alt"
    description = _("With the country code, or a number of the country that the person chooses in the form.")

    def field(self, question: Question) -> forms.Field:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        return PhoneField(**common(question), widget=widget, validators=within(60))

    def clean(self, field: forms.Field, value: Any, *, region: str = "") -> Any:
        return field.clean(value, region)  # type: ignore[call-arg]

    def display(self, value: Any) -> str:
        try:
            number = phonenumbers.parse(value, None)
        except phonenumbers.NumberParseException:
            return str(value)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register
class Link(QuestionType):
    name, label, icon = "link", _("Link"), "link"
    description = _("A link to a web page.")

    def field(self, question: Question) -> forms.Field:
        return LinkField(**common(question), assume_scheme="https", validators=within(500))

    def schema(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "format": "uri"}
