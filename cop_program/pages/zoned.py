"""What pages with times have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from ..presentation import context
from .translated import Translated


class ZonedPage(Translated):
    """A page that shows times: with a context of `presentation/context.py`; it differs by the reader's cookie."""

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the context that `presentation/context.py` describes."""
        values: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return values | context.of_every_page(request) | self.template_context(request)

    def template_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the template of this page type gets besides (`presentation/context.py`)."""
        return {}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell caches that the page differs by cookie."""
        response: HttpResponse = super().serve(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        return response
