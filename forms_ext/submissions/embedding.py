"""A form inside another page. It posts to a URL of its own, which shows errors and the confirmation."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import Page, get_page_models

from cop_program import access
from cop_program.clock import now

from ..forms import compiler
from . import guards, responses, tokens
from .frames import USUAL_HEIGHT, path
from .pages import AbstractFormPage, form_of

#: Whether a form was rendered since Wagtail began to serve a page.
_shown: ContextVar[bool] = ContextVar("cop_form_shown", default=False)


def may_show(page: AbstractFormPage, request: HttpRequest | None) -> bool:
    """Tell whether the reader may open `page` itself, on this site, and the page may be shown elsewhere."""
    return page.may_be_embedded and not page.alias_of_id and access.may_see(page, request)


def render_form(page: Page, request: HttpRequest | None) -> SafeString:
    """Return the HTML of the form of `page`, a sentence while it is closed, '' if there is none to show.

    Without a request it is the form that everyone may see.
    """
    found = form_of(page)
    form_page = found.source_form() if found else None
    if form_page is None or not may_show(form_page, request):
        return SafeString("")
    version = form_page.current_version()
    if version is None:
        return SafeString("")
    _shown.set(True)
    compiled = compiler.compile(version)
    form = compiled.form(initial=form_page.initial_answers(request) if request else {})
    form.auto_id = f"form{form_page.pk}_%s"  # two forms on one page may ask the same
    is_open = form_page.is_open(now())
    context = responses.of_form(compiled, form) | {
        "page": form_page,
        "token": tokens.make(form_page.pk, version.pk),
        "trap": guards.TRAP,
        "action": reverse("forms_ext:form", args=[form_page.pk]),
        "is_open": is_open,
        "why_closed": "" if is_open else form_page.why_closed(),
        "before": form_page.notice_for(request) if request and is_open else "",
        "is_preview": getattr(request, "is_preview", False),
    }
    return render_to_string("forms_ext/forms/embedded.html", context, request)


def keep_tokens_apart(serve: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap what serves a page (hook `on_serve_page`): no cache may keep a page with a form.

    Its token makes a form that is sent twice one answer, so it must belong to one reader only.
    """

    def keep(response: HttpResponse) -> None:
        if _shown.get():
            patch_cache_control(response, private=True, no_store=True)

    def served(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse:
        _shown.set(False)
        response = serve(page, request, args, kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(keep)
        else:
            keep(response)
        return response

    return served


def form_types() -> list[type[Page]]:
    """Return the page types whose forms can be embedded in other pages and websites."""
    return [model for model in get_page_models() if issubclass(model, AbstractFormPage) and model.may_be_embedded]


def listed() -> list[tuple[Page, str]]:
    """Return the published forms that other websites may show, each with the title of the page above; two queries."""
    pages = list(Page.objects.type(*form_types()).live().order_by("title", "path"))
    above = _titles({page.path[: -Page.steplen] for page in pages})
    return [(page, above.get(page.path[: -Page.steplen], "")) for page in pages]


def _titles(paths: set[str]) -> dict[str, str]:
    return dict(Page.objects.filter(path__in=paths, depth__gt=1).values_list("path", "title"))


def name_of(page: Page) -> str:
    """Return what tells the form of `page` from others: "Application - Healthy Culture"."""
    above = page.get_parent()
    return f"{page.title} - {above.title}" if above is not None and not above.is_root() else page.title


def embed_code(page: Page, request: HttpRequest) -> SafeString:
    """Return what an editor of another website pastes to show the form of `page`; '' if the page has no address."""
    address = page.get_full_url(request)
    if not address:
        return SafeString("")
    parts = urlsplit(address)
    root = f"{parts.scheme}://{parts.netloc}"
    return format_html(
        '<iframe src="{}{}" title="{}" width="100%" height="{}" data-cop-form></iframe>\n'
        '<script src="{}{}" async></script>',
        root, path(page), name_of(page), USUAL_HEIGHT, root, reverse("forms_ext:frame_script"),
    )  # fmt: skip


def may_be_framed(page: Page) -> bool:
    """Tell whether `page` is a published form that other websites may show."""
    return page.live and issubclass(page.specific_class or Page, tuple(form_types()))
