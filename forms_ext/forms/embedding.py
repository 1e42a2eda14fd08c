"""A form inside another page: it is sent to its own address, which shows what is to be mended and the confirmation."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from wagtail.models import Page

from cop_program import access
from cop_program.clock import now

from . import guards, plan, showing, tokens
from .models import AbstractFormPage

SHOWN = "cop_form_shown"


def may_show(page: AbstractFormPage, request: HttpRequest) -> bool:
    """Tell whether whoever asks could open `page` itself, on this site, and may be shown it elsewhere."""
    return page.may_be_embedded and access.may_see(page, request)


def render(page: Page, request: HttpRequest) -> SafeString:
    """Return the HTML of the form of `page`, a sentence while it is closed, '' where there is none to show."""
    form_page = page.specific
    if not isinstance(form_page, AbstractFormPage) or not may_show(form_page, request):
        return SafeString("")
    version = form_page.current_version()
    if version is None:
        return SafeString("")
    setattr(request, SHOWN, True)
    compiled = plan.compile(version)
    form = compiled.form(initial=form_page.initial_answers(request))
    form.auto_id = f"form{form_page.pk}_%s"  # two forms on one page may ask the same
    context = showing.of_form(compiled, form) | {
        "page": form_page,
        "token": tokens.make(form_page.pk, version.pk),
        "trap": guards.TRAP,
        "action": reverse("forms_ext:form", args=[form_page.pk]),
        "is_open": form_page.is_open(now()),
        "is_preview": getattr(request, "is_preview", False),
    }
    return render_to_string("forms_ext/forms/embedded.html", context, request)


def keep_tokens_apart(serve: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap what serves a page (hook `on_serve_page`): a page with a form in it is kept by no cache.

    Its token makes the same form sent twice one answer, and so must be one reader's alone.
    """

    def keep(response: HttpResponse) -> None:
        patch_cache_control(response, private=True, no_store=True)

    def served(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse:
        response = serve(page, request, args, kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(lambda one: keep(one) if getattr(request, SHOWN, False) else None)
        elif getattr(request, SHOWN, False):
            keep(response)
        return response

    return served
