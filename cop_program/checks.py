"""System checks of this app."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from . import site_frame

NAME = "cop_program:set_zone"
API = "wagtailapi_v3:cop_programs"


@register("urls")
def addresses_are_there(**kwargs: Any) -> list[CheckMessage]:
    """The addresses of this app are included, and before those of Wagtail, which take what is left."""
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


@register(Tags.templates)
def base_template_has_our_block(**kwargs: Any) -> list[CheckMessage]:
    """Public pages fill a block of the template that COP_BASE_TEMPLATE names."""
    name: Any = site_frame.base_template()
    hint = f"Name a template of your website with a block '{site_frame.BLOCK}', or remove the setting for our own."
    try:
        if site_frame.has_block(name):
            return []
    except (TemplateDoesNotExist, TemplateSyntaxError, TypeError) as error:
        what = f"COP_BASE_TEMPLATE is {name!r}, which cannot be loaded ({type(error).__name__}: {error})."
        return [Error(what, hint=hint, id="cop_program.E004")]
    what = f"COP_BASE_TEMPLATE is '{name}', which has no block '{site_frame.BLOCK}', so public pages would be empty."
    return [Error(what, hint=hint, id="cop_program.E005")]


def _answers(name: str) -> str | None:
    """Return the name of what answers at the address called `name`; None if there is no such address."""
    try:
        return str(resolve(reverse(name)).view_name)
    except (NoReverseMatch, Resolver404):
        return None
