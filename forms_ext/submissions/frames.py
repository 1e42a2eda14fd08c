"""A form in a frame of another website: which websites may show it, its URLs, the code to paste.

A frame of another site gets no cookie. What the form needs to know is in the form (its token, the checked answers, the
stored files), and the confirmation is in its URL.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.csp import CSP, build_policy
from wagtail.models import Page

from .models import EmbeddingSite

BASE_TEMPLATE = "forms_ext/frame_base.html"
USUAL_HEIGHT = 900
MARK = "cop_in_frame"


def mark(request: HttpRequest) -> None:
    """Mark `request` as one for a page in a frame."""
    setattr(request, MARK, True)


def is_framed(request: HttpRequest) -> bool:
    """Tell whether `request` is for a form in a frame."""
    return getattr(request, MARK, False)


def path(page: Page) -> str:
    """Return the path of the form of `page` in a frame."""
    return reverse("forms_ext:frame", args=[page.pk])


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what templates need in a frame; nothing elsewhere."""
    if not is_framed(request):
        return {}
    return {"base_template": BASE_TEMPLATE}


def let_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the listed websites, and no others, show `response` in a frame."""
    origins = list(EmbeddingSite.objects.values_list("origin", flat=True))

    def set_policy(answer: HttpResponse) -> HttpResponse:
        # Set here, after the templates have used the nonce, so that any middleware of a site keeps it.
        policy = {**(getattr(settings, "SECURE_CSP", None) or {}), "frame-ancestors": [CSP.SELF, *origins]}
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
