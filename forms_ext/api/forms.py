"""Forms without their page: the questions as JSON Schema, and answers sent as JSON.

An anonymous post has no token of a page to protect it, so it has its own guards: limits for network and email addresses
as on the page, and the origin, if a browser sends one.
"""

import hashlib
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Header, Path, Router
from wagtail.models import Page

from cop_program.api import rows
from cop_program.api.document import instant, step
from cop_program.api.openapi import ours
from cop_program.api.reading import surroundings
from cop_program.clock import now
from cop_program.translations import speaking

from ..base import addresses
from ..base.conf import conf
from ..forms import compiler
from ..forms.models import FormVersion
from ..registration import gate
from ..submissions import actions as submissions
from ..submissions import guards
from ..submissions.cleaned import CleanSubmission, Receipt
from ..submissions.pages import AbstractFormPage, form_of
from . import answers, schemas
from .problems import Problem, missing, refusals

router = Router(tags=["forms"])
PageId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)]
Invited = Annotated[str | None, Header(alias="Cop-Invitation", max_length=200)]
POSTED = {
    403: "Scripts from this origin are not allowed to submit forms.",
    409: "The form is closed.",
    413: "The body is too large.",
    429: "Too many requests in a short time. See Retry-After.",
}
MISSING = {404: "The form does not exist or you do not have access to it.", 422: "A parameter is not valid."}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"answers": {"type": "object", "description": "Valid by the form's schema."}},
                    "required": ["answers"],
                    "additionalProperties": False,
                }
            }
        },
    }
}


def find(request: HttpRequest, pk: int) -> tuple[AbstractFormPage, FormVersion]:
    """Return the public form page `pk` and its version; raise Problem if there is none."""
    _around, roots = surroundings(request)
    found = Page.objects.live().filter(rows.admissible(roots or ()), pk=pk).select_related("content_type").first()
    page = form_of(found)
    version = page.current_version() if page else None
    if page is None or version is None:
        raise missing()
    return page, version


@router.get(
    "/{page_id}/",
    response=schemas.Form,
    url_name="cop_form",
    operation_id="forms_read",
    summary="Read a form",
    by_alias=True,
    openapi_extra=ours(problems=MISSING),
)
def read_form(request: HttpRequest, page_id: PageId, invitation: Invited = None) -> HttpResponse:
    """Return the JSON Schema of the answers, from the published version of the form.

    Registration forms are open only to people who have been accepted. Send the token of their invitation link (the
    part of the URL after `/invitation/`) as `Cop-Invitation`.
    """
    try:
        page, version = find(request, page_id)
        _let_in(page, request, invitation)
        closes_at, is_open = page.closes_for(request), page.is_open(now())
        with speaking(page):
            notice = page.notice_for(request) if is_open else page.why_closed()
    except Problem as problem:
        return gate.unkept(problem.response())
    return gate.unkept(
        JsonResponse(
            {
                "schema": compiler.compile(version).schema(),
                "version": version.number,
                "closes_at": instant(closes_at) if closes_at else None,
                "is_open": is_open,
                "notice": notice or None,
            }
        )
    )


@router.post(
    "/{page_id}/",
    response={201: schemas.Receipt},
    url_name="cop_form",
    operation_id="forms_send",
    summary="Send answers",
    openapi_extra=ours(
        problems={
            **POSTED,
            400: "The body is not valid JSON.",
            404: MISSING[404],
            415: "The body is not application/json.",
            422: "Some answers are not valid. There is one error for each question.",
        },
        **BODY,
    ),
)
def send_form(request: HttpRequest, page_id: PageId, key: Key = None, invitation: Invited = None) -> HttpResponse:
    """Send `{"answers": {…}}`, valid by the form's schema. Repeating an `Idempotency-Key` returns the same receipt."""
    try:
        return gate.unkept(JsonResponse(_send(request, page_id, key, invitation), status=201))
    except Problem as problem:
        return gate.unkept(problem.response())


@router.post(
    "/{page_id}/files/{question}/",
    response={201: schemas.File},
    url_name="cop_form_file",
    operation_id="forms_send_file",
    summary="Send a file",
    openapi_extra=ours(
        problems={
            **POSTED,
            400: "The body cannot be read.",
            404: "The question does not exist or does not ask for a file.",
            422: "The file cannot be accepted.",
        },
        requestBody={
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"file": {"type": "string", "format": "binary"}},
                        "required": ["file"],
                    }
                }
            },
        },
    ),
)
def send_file(request: HttpRequest, page_id: PageId, question: str, invitation: Invited = None) -> HttpResponse:
    """Send the file that answers `question` as `file`. Send the response as the answer, with the other answers."""
    try:
        _guard(request, files=1)
        page, version = find(request, page_id)
        _let_in(page, request, invitation)
        with refusals(request):
            guards.check_open(page)
        return gate.unkept(JsonResponse(answers.keep_file(request, compiler.compile(version), question), status=201))
    except Problem as problem:
        return gate.unkept(problem.response())


def _send(request: HttpRequest, pk: int, key: str | None, token: str | None) -> dict[str, Any]:
    _guard(request)
    page, version = find(request, pk)
    with speaking(page):
        return _sent_to(page, version, request, _kept_key(pk, key), token)


def _sent_to(
    page: AbstractFormPage, version: FormVersion, request: HttpRequest, key: str, token: str | None
) -> dict[str, Any]:
    if earlier := page.find_sent(key, request, token or "") if key else None:
        return _receipt(earlier)
    _let_in(page, request, token)
    with refusals(request):
        guards.check_open(page)
        valid = answers.check(compiler.compile(version), answers.read(request))
        submission = CleanSubmission.sent(version, valid, key=key, source="api")
        return _receipt(submissions.take(submission, page=page, request=request))


def _let_in(page: AbstractFormPage, request: HttpRequest, token: str | None) -> None:
    if not page.let_in(request, token or ""):
        raise missing()


def _receipt(receipt: Receipt) -> dict[str, Any]:
    answer: dict[str, Any] = {"reference": receipt.reference}
    if not receipt.is_mailed:
        answer["is_mailed"] = False
    if receipt.private_path:
        answer |= {"state": receipt.state, "member_url": addresses.absolute_url(receipt.private_path)}
        answer |= step(receipt.standing)
    return answer


def _kept_key(pk: int, key: str | None) -> str:
    """Return the key to store: bound to this form, of fixed length, and never equal to that of a page's post."""
    return f"{pk}:api:{hashlib.sha256(key.encode()).hexdigest()[:48]}" if key else ""


def _guard(request: HttpRequest, files: int = 0) -> None:
    origin = request.headers.get("Origin")
    if origin and origin not in (*conf.COP_API_ORIGINS, f"{request.scheme}://{request.get_host()}"):
        raise Problem(403, _("Scripts from this website are not allowed to submit forms."))
    with refusals(request):
        guards.count_post(request, files=files)
