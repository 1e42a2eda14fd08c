"""System checks of what a site's settings say about forms."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ValidationError

from ..base.checks import cop
from ..forms import question_types
from . import origins

type Apps = Sequence[AppConfig] | None


@register()
def question_types_are_there(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Name the question types of the site that cannot be used."""
    return [
        Error(
            f"COP_QUESTION_TYPES: '{path}' cannot be used ({why}).",
            hint="Name the dotted path of a subclass of forms_ext.forms.question_types.QuestionType.",
            id="forms_ext.E019",
        )
        for path, why in question_types.left_out.items()
    ]


@register()
def origins_are_what_browsers_send(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Name the origins that no browser ever sends: with a path, without a scheme."""
    found: list[CheckMessage] = []
    for text in cop("COP_API_ORIGINS"):
        try:
            origin = origins.parse(text)
        except ValidationError:
            origin = ""
        if origin != text:
            hint = f"Write '{origin or 'https://www.example.org'}'."
            message = f"COP_API_ORIGINS: '{text}' is not the origin of a website."
            found.append(Error(message, hint=hint, id="forms_ext.E020"))
    return found
