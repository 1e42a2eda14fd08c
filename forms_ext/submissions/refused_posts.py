"""Posts of people who may not, or may no longer, see the page: it became private, or their session has expired.

Wagtail would answer with the password form or the login, and everything typed would be lost. People who were shown the
form get back what they typed, with a link to the page and a button that sends it again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from wagtail.models import Page

from cop_program import access, translations
from cop_program.presentation.context import of_every_page

from ..forms import compiler
from ..forms.models import FormVersion
from . import tokens
from .pages import AbstractFormPage

TEMPLATE = "forms_ext/forms/refused.html"
STATUS = 403


@dataclass(frozen=True)
class Typed:
    """A post: `pairs` of question and answer for people, `fields` (names and values) to send it again."""

    pairs: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def typed_into(page: AbstractFormPage, request: HttpRequest) -> Typed:
    """Return what was typed into the form of `page`; nothing if its token does not prove that it was shown."""
    token = tokens.read(request.POST.get("_token"), page.pk) if request.method == "POST" else None
    version = FormVersion.objects.filter(pk=token.version_id, page_id=page.pk).first() if token else None
    if version is None:
        return Typed()
    compiled = compiler.compile(version)
    fields = [(name, request.POST[name]) for name in ("_token", "_go") if name in request.POST]
    for question in compiled.questions:
        fields += compiler.posted_values(question, request.POST)
    return Typed(tuple(compiled.typed(request.POST).values()), tuple(fields))


def typed_fields(page: Page, request: HttpRequest, labels: Iterable[tuple[str, Any]]) -> Typed:
    """Return what was typed into a form of ours below `page`, whose fields are named and called as `labels` says."""
    if request.method != "POST" or tokens.read(request.POST.get("_token"), page.pk) is None:
        return Typed()
    posted = [(name, str(label), request.POST.get(name, "")) for name, label in labels]
    return Typed(
        tuple((label, value) for _name, label, value in posted if value),
        (("_token", request.POST["_token"]), *((name, value) for name, _label, value in posted)),
    )


def answer(
    page: Page, request: HttpRequest, typed: Callable[[], Typed], respond: Callable[[], HttpResponse] | None = None
) -> HttpResponse:
    """Answer for `page` (`translations.serve`); if it is not open, as Wagtail does, or with what was `typed`."""
    if request.method == "POST" and not access.is_open(page, request) and (kept := typed()).pairs:
        return _send_back(page, request, kept)
    return translations.serve(page, request, respond)


def _send_back(page: Page, request: HttpRequest, kept: Typed) -> HttpResponse:
    context = {"typed": kept.pairs, "hidden": kept.fields, "has_files": bool(request.FILES), "action": request.path}
    with translations.speaking(page):
        response = TemplateResponse(request, TEMPLATE, {**of_every_page(request), **context}, status=STATUS).render()
    patch_cache_control(response, private=True, no_store=True)
    return response
