"""The OpenAPI document of our own endpoints, and the problems that they declare."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch

MARK = "x-wagtail-cop"
#: An error as in RFC 9457; `errors` has one entry for each question or parameter.
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["type", "title", "status"],
}


def ours(*, problems: dict[int, str], **more: Any) -> dict[str, Any]:
    """Return the `openapi_extra` of one of our operations, with the problems that it may return."""
    content = {"application/problem+json": {"schema": PROBLEM_SCHEMA}}
    answers = {status: {"description": text, "content": content} for status, text in problems.items()}
    return {MARK: True, "responses": {**answers, **more.pop("responses", {})}, **more}


def document(request: HttpRequest) -> HttpResponse:
    """Serve the part of the OpenAPI document of the API that describes our endpoints, without Wagtail's own.

    Raise Http404 if the site has no API v3 or does not document it.
    """
    if not (apps.is_installed("wagtail.api.v3") and getattr(settings, "WAGTAILAPI_DOCS_ENABLED", True)):
        raise Http404
    from wagtail.api.v3.api import api  # noqa: PLC0415  (optional)

    try:
        prefix = api.get_root_path({})
    except NoReverseMatch:
        raise Http404 from None
    whole = api.get_openapi_schema(path_prefix=prefix)
    paths = {
        path: {method: operation for method, operation in operations.items() if operation.get(MARK)}
        for path, operations in whole["paths"].items()
    }
    paths = {path: operations for path, operations in paths.items() if operations}
    schemas = whole["components"]["schemas"]
    kept = _reached(paths, schemas)
    return JsonResponse(
        {
            "openapi": whole["openapi"],
            "info": {"title": "Programs and forms", "version": "1.0.0"},
            "servers": [{"url": f"{request.scheme}://{request.get_host()}"}],
            "paths": paths,
            "components": {
                **{name: part for name, part in whole["components"].items() if name != "schemas"},
                "schemas": {name: schemas[name] for name in sorted(kept)},
            },
        }
    )


def _reached(part: Any, schemas: dict[str, Any], known: set[str] | None = None) -> set[str]:
    """Return the names of the schemas that `part` refers to, and those that they refer to."""
    known = set() if known is None else known
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and (name := reference.rsplit("/", 1)[1]) not in known:
            known.add(name)
            _reached(schemas[name], schemas, known)
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _reached(one, schemas, known)
    return known
