"""A form in a frame of another web site: whom browsers let show it, its addresses, the code to paste.

A frame of another site gets no cookie: what the form needs to know travels in the form (its token, the answers that
were checked, the files that were kept), and the confirmation in its address.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.csp import CSP, build_policy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import Page, get_page_models

from .models import AbstractFormPage, EmbeddingSite

BASE_TEMPLATE = "forms_ext/frame_base.html"
FOOTER_TEMPLATE = "forms_ext/parts/frame_footer.html"
USUAL_HEIGHT = 900
MARK = "cop_in_frame"


def mark(request: HttpRequest) -> None:
    """Let everything that answers `request` know that it stands in a frame."""
    setattr(request, MARK, True)


def is_framed(request: HttpRequest) -> bool:
    """Tell whether `request` is for a form in a frame."""
    return getattr(request, MARK, False)


def path(page: Page) -> str:
    """Return the path at which the form of `page` stands for a frame."""
    return reverse("forms_ext:frame", args=[page.pk])


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what templates need to stand in a frame; nothing anywhere else."""
    if not is_framed(request):
        return {}
    return {"base_template": BASE_TEMPLATE, "footer_template": FOOTER_TEMPLATE}


def let_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the listed web sites, and no others, show `response` in a frame."""
    origins = list(EmbeddingSite.objects.values_list("origin", flat=True))

    def set_policy(answer: HttpResponse) -> HttpResponse:
        # Written here, once the templates have used the nonce: whatever middleware a site has keeps it.
        policy = {**getattr(settings, "SECURE_CSP", {}), "frame-ancestors": [CSP.SELF, *origins]}
        answer.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy, getattr(request, "_csp_nonce", None))
        return answer

    setattr(response, "xframe_options_exempt", bool(origins))  # noqa: B010  (that header knows no list)
    response.headers["X-Robots-Tag"] = "noindex"
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.add_post_render_callback(set_policy)
        return response
    return set_policy(response)


def refuse(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Say in the frame why a body was not read (`base.bodies`)."""
    mark(request)
    values = {**context(request), "sentence": sentence}
    return let_in(request, render(request, "forms_ext/too_large.html", values, status=status))


def form_types() -> list[type[Page]]:
    """Return the page types whose forms may stand in other pages and web sites."""
    return [model for model in get_page_models() if issubclass(model, AbstractFormPage) and model.may_be_embedded]


def listed() -> list[tuple[Page, str]]:
    """Return the published forms that other web sites may show, each with the title of the page above; two queries."""
    pages = list(Page.objects.type(*form_types()).live().order_by("title", "path"))
    above = _titles({page.path[: -Page.steplen] for page in pages})
    return [(page, above.get(page.path[: -Page.steplen], "")) for page in pages]


def _titles(paths: set[str]) -> dict[str, str]:
    return dict(Page.objects.filter(path__in=paths, depth__gt=1).values_list("path", "title"))


def name_of(page: Page) -> str:
    """Return what tells the form of `page` from others: "Application - Healthy Culture"."""
    above = page.get_parent()
    return f"{page.title} - {above.title}" if above is not None and not above.is_root() else page.title


def code(page: Page, request: HttpRequest) -> SafeString:
    """Return what an editor of another web site pastes to show the form of `page`; '' where the page has no address."""
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
    """Tell whether `page` is a published form that other web sites may show."""
    return page.live and issubclass(page.specific_class or Page, tuple(form_types()))
