"""System checks of this app."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning, register
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

NAME = "cop_program:set_zone"
API = "wagtailapi_v3:cop_programs"


@register("urls")
def addresses_are_there(**kwargs: Any) -> list[CheckMessage]:
    """Check that the URL patterns of this app are included, before Wagtail's own, which match every path."""
    found = _answers(NAME)
    if found is None:
        return [
            Error(
                "The URL patterns of cop_program are missing.",
                hint='Add path("cop/", include("cop_program.urls")) to your URL patterns, above include(wagtail_urls).',
                id="cop_program.E001",
            )
        ]
    if found != NAME:
        return [
            Error(
                "URL patterns above those of cop_program hide them.",
                hint='Move include("cop_program.urls") above include(wagtail_urls).',
                id="cop_program.E002",
            )
        ]
    return []


@register("urls")
def api_is_there(**kwargs: Any) -> list[CheckMessage]:
    """Where Wagtail's API v3 is installed, its addresses are there as well, and before those of Wagtail's pages."""
    found = _answers(API) if apps.is_installed("wagtail.api.v3") else API
    if found is None:
        return [
            Warning(
                "The app 'wagtail.api.v3' is installed but has no URL patterns, so programs and forms have no API.",
                hint='Add path("api/v3/", api.urls) to your URL patterns, above include(wagtail_urls). '
                "Import api from wagtail.api.v3.urls.",
                id="cop_program.W001",
            )
        ]
    if found != API:
        return [
            Error(
                "URL patterns above those of the API hide them.",
                hint='Move path("api/v3/", api.urls) above include(wagtail_urls).',
                id="cop_program.E003",
            )
        ]
    return []


def _answers(name: str) -> str | None:
    """Return the name of what answers at the address called `name`; None if there is no such address."""
    try:
        return str(resolve(reverse(name)).view_name)
    except (NoReverseMatch, Resolver404):
        return None
