"""System checks of this app."""

import os
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from wagtail.models import Page, get_page_models

from . import clock, site_frame
from .pages.families import Family

PAGE = "wagtailcore.Page"

NAME = "cop_program:set_zone"
API = "wagtailapi_v3:cop_programs"


@register()
def settings_are_of_the_right_type(**kwargs: Any) -> list[CheckMessage]:
    """The settings of this app are what it expects."""
    found: list[CheckMessage] = []
    if not isinstance(getattr(settings, "COP_KEEP_PAGES", True), bool):
        hint = "COP_KEEP_PAGES tells whether rendered program pages are kept for visitors."
        found.append(Error("COP_KEEP_PAGES must be True or False.", hint=hint, id="cop_program.E008"))
    path = getattr(settings, "COP_CLOCK_FILE", None)
    hint = "Remove COP_CLOCK_FILE, which is for demos only, or delete the file."
    if not isinstance(path, str | os.PathLike | None):
        found.append(Error("COP_CLOCK_FILE must be a path (string or Path).", hint=hint, id="cop_program.E008"))
        return found
    try:
        clock.offset()
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"COP_CLOCK_FILE cannot be read ({type(error).__name__}: {error})."
        found.append(Error(message, hint=hint, id="cop_program.E008"))
    return found


@register()
def pages_are_wagtails(**kwargs: Any) -> list[CheckMessage]:
    """The page model is Wagtail's own: page types of a package cannot follow another one."""
    model = getattr(settings, "WAGTAIL_PAGE_MODEL", PAGE)
    if model == PAGE:
        return []
    return [
        Error(
            f"WAGTAIL_PAGE_MODEL is '{model}', but the page types of cop_program and forms_ext inherit from {PAGE}.",
            hint="Remove WAGTAIL_PAGE_MODEL. On a site that has swapped its page model, these apps cannot be used.",
            id="cop_program.E007",
        )
    ]


@register(Tags.models)
def names_of_fields_are_free(**kwargs: Any) -> list[CheckMessage]:
    """No page type of the site has the name of a field of ours: Django only says that some field clashes."""
    ours = [model for model in get_page_models() if issubclass(model, Family)]
    fields = {field.name: model for model in ours for field in model._meta.local_fields}
    found: list[CheckMessage] = []
    for model in get_page_models():
        link = model._meta.parents.get(Page)
        name = link.remote_field.get_accessor_name() if link else None
        if name in fields and model not in ours:
            found.append(
                Error(
                    f"The page type {model._meta.label} is named like the field '{name}' of "
                    f"{fields[name]._meta.label}, so Django reports a clash (models.E006).",
                    hint="Rename it, or keep the name out of other page types: page_ptr = models.OneToOneField(Page, "
                    'models.CASCADE, parent_link=True, primary_key=True, related_name="%(app_label)s_%(class)s").',
                    id="cop_program.E006",
                )
            )
    return found


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


@register(Tags.templates)
def base_template_has_our_block(**kwargs: Any) -> list[CheckMessage]:
    """Public pages fill a block of the template that COP_BASE_TEMPLATE names."""
    name: Any = site_frame.base_template()
    hint = f"Name a template of your website with a block '{site_frame.BLOCK}', or remove the setting for our own."
    try:
        if site_frame.has_block(name):
            return []
    except (ImproperlyConfigured, TemplateDoesNotExist, TemplateSyntaxError, TypeError) as error:
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
