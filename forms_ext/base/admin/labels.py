"""Labels for the values of filters."""

from collections.abc import Callable
from typing import Any

from cop_program.countries import countries
from cop_program.models import Program


def choice_labels(choices: Any) -> Callable[[list[Any]], dict[Any, str]]:
    """Return a function that labels the values of `choices` (a TextChoices), all of them in their order."""
    return lambda values: {value: str(label) for value, label in choices.choices}


def program_labels(values: list[Any]) -> dict[Any, str]:
    """Return the titles of programs by their pk: one query."""
    return dict(Program.objects.filter(pk__in=values).values_list("pk", "page__title"))


def country_labels(values: list[Any]) -> dict[Any, str]:
    """Return the names of countries by their code."""
    return {value: countries.name(value) for value in values if countries.name(value)}
