"""The API endpoints of programs, on Wagtail's API v3."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from wagtail.api.v3.errors import problem_response

from . import reading, rows, schemas
from .document import summary
from .openapi import ours

MOST = 100
#: The largest key that both databases hold.
PageId = Path(..., ge=1, le=2**63 - 1)
router = Router(tags=["programs"])


def public(response: HttpResponse) -> HttpResponse:
    """Let scripts of any site read public data, and let every cache check whether it is still fresh."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    response["Cache-Control"] = "public, no-cache"
    return response


@router.get(
    "/",
    response=schemas.Programs,
    url_name="cop_programs",
    operation_id="programs_list",
    summary="List programs",
    openapi_extra=ours(problems={422: "A parameter is not valid."}),
)
def list_programs(
    request: HttpRequest,
    limit: int = Query(20, ge=1, le=MOST),
    offset: int = Query(0, ge=0, le=2**31),
) -> Any:
    """List all public programs, latest first."""
    around, roots = reading.surroundings(request)
    pages = rows.public(roots or ()).order_by("-starts_on", "pk")
    found = reading.with_standing(pages[offset : offset + limit], around)
    return {"count": pages.count(), "items": [summary(page, standing, around) for page, standing in found]}


@router.get(
    "/{page_id}/",
    response=schemas.Program,
    url_name="cop_program",
    operation_id="programs_detail",
    summary="Read a program",
    openapi_extra=ours(
        problems={404: "This program does not exist.", 422: "The id is not valid."},
        responses={304: {"description": "The program has not changed."}},
    ),
)
def get_program(request: HttpRequest, page_id: int = PageId) -> HttpResponse:
    """Return all public data of a program. Send its `ETag` as `If-None-Match` to get 304 if nothing has changed."""
    found = reading.find(request, page_id)
    if found is None:
        return public(problem_response(status=404, detail=_("This program does not exist.")))
    response = HttpResponse(found.content, content_type="application/json")
    response["ETag"] = found.etag
    answer = get_conditional_response(request, etag=found.etag, response=response) or response
    patch_vary_headers(answer, ["Accept-Encoding"])
    return public(answer)
