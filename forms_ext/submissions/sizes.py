"""How large a body the URLs of a form take (`base.body_limits`): the text, and the files that it asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest
from wagtail.models import Page

from ..base import body_limits
from ..base.conf import conf
from ..forms import compiler
from ..forms.models import FormVersion
from . import frames
from .pages import AbstractFormPage

# A file that is somewhat too large is read, so that the form is shown again with everything typed and an error.
SLACK = 2
AROUND_A_FILE = 16_384  # the other parts of a multipart body


def of_form(request: HttpRequest, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """Return how many bytes the form of the page `pk` accepts, from the questions of its published version."""
    version = FormVersion.objects.filter(page_id=kwargs["pk"]).order_by("-number").first()
    if version is None:
        return body_limits.SMALL
    files = sum(field.widget.needs_multipart_form for field in compiler.compile(version).fields.values())
    return body_limits.text_limit() + files * SLACK * conf.COP_UPLOAD_MAX_BYTES


def of_file(request: HttpRequest, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """Return how many bytes a URL for one file accepts."""
    return conf.COP_UPLOAD_MAX_BYTES + AROUND_A_FILE


def of_page(request: HttpRequest, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int | None:
    """Return how many bytes a page takes that Wagtail serves, None if it is none of ours."""
    try:
        route = Page.route_for_request(request, *args, **kwargs)
    except Http404:
        return None
    page = route[0].specific if route else None
    if isinstance(page, AbstractFormPage):
        return of_form(request, args, {"pk": page.pk})
    return body_limits.SMALL if type(page).__module__.split(".")[0] in body_limits.OURS else None


def connect() -> None:
    """Register the URLs of forms."""
    body_limits.register("forms_ext:form", of_form)
    body_limits.register("forms_ext:frame", of_form, frames.refuse)
    body_limits.register("wagtail_serve", of_page)
