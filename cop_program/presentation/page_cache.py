"""The hook that serves a page from a cache. `kept_pages` registers itself here, since it reads the API's rows."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

type Serve = Callable[[Any, HttpRequest, Callable[[], HttpResponse]], HttpResponse]


def _render(page: Any, request: HttpRequest, render: Callable[[], HttpResponse]) -> HttpResponse:
    return render()


_serve: Serve = _render


def register(serve: Serve) -> None:
    """Let `serve(page, request, render)` answer for pages. It calls `render` only if needed."""
    global _serve
    _serve = serve


def serve(page: Any, request: HttpRequest, render: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what `render` returns for `request`, or the same as it was returned before."""
    return _serve(page, request, render)
