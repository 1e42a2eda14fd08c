"""URLs to which forms are sent, and at which they are shown in frames of other websites."""

from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from cop_program import access, translations

from . import embedding, frames, refused_posts
from .pages import AbstractFormPage, form_of

SCRIPT = Path(__file__).resolve().parents[1] / "static" / "forms_ext" / "js" / "embed.js"


def _find(request: HttpRequest, pk: int) -> AbstractFormPage | None:
    """Return the live form page `pk` of this site, or None."""
    page = form_of(Page.objects.live().filter(pk=pk).first())
    return page if page and access.stands_on(page, Site.find_for_request(request)) else None


@csrf_exempt
@sensitive_post_parameters()
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a post for the form of the live page `pk`; redirect a GET to the page.

    The signed token in the form replaces the CSRF cookie. A visitor who may not see the page gets what Wagtail answers,
    with everything they had typed. Raise Http404 if there is no such page.
    """
    page = _find(request, pk)
    if page is None:
        raise Http404
    if request.method != "POST":
        return translations.serve(page, request, lambda: redirect(page.get_url(request) or "/"))
    return refused_posts.answer(page, request, lambda: refused_posts.typed_into(page, request))


@csrf_exempt
@sensitive_post_parameters()
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and take the form of the live page `pk` in a frame of a listed website, without cookies."""
    frames.mark(request)
    page = _find(request, pk)
    if page is not None and embedding.may_show(page, request):
        return frames.let_in(request, translations.serve(page, request))
    context = frames.context(request)
    if page is not None and page.may_be_embedded:
        address = reverse("forms_ext:form", args=[page.pk])  # which does not reveal the title of the page
        context |= {"address": address, "typed": refused_posts.typed_into(page, request).pairs}
    return frames.let_in(request, render(request, "forms_ext/forms/not_here.html", context, status=404))


@cache
def _script() -> bytes:
    return SCRIPT.read_bytes()


@require_safe
@cache_control(public=True, max_age=3600)
def frame_script(request: HttpRequest) -> HttpResponse:
    """Serve, at a stable URL, the script with which the other site's page sets the height of a frame."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
