"""What the system checks of this app tell an integrator."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

NAME = "cop_program:set_zone"


@register("urls")
def addresses_are_there(**kwargs: Any) -> list[CheckMessage]:
    """The addresses of this app are included, and before those of Wagtail, which take what is left."""
    try:
        found = resolve(reverse(NAME)).view_name
    except (NoReverseMatch, Resolver404):
        return [
            Error(
                "The addresses of cop_program are missing.",
                hint='Add path("cop/", include("cop_program.urls")) to your urls, above those of Wagtail.',
                id="cop_program.E001",
            )
        ]
    if found != NAME:
        return [
            Error(
                "The addresses of cop_program can't be reached: others that stand above take them.",
                hint='Put path("cop/", include("cop_program.urls")) above path("", include(wagtail_urls)).',
                id="cop_program.E002",
            )
        ]
    return []
