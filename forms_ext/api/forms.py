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
from cop_program.api.document import instant
from cop_program.api.openapi import ours
from cop_program.api.reading import surroundings
from cop_program.clock import now
from cop_program.translations import speaking

from ..base import network
from ..base.conf import conf
from ..base.errors import ActionRefused
from ..forms import compiler
from ..forms.models import FormVersion
from ..registration import gate
from ..registration.pages import RegistrationFormPage
from ..submissions import actions as submissions
from ..submissions import guards
from ..submissions.cleaned import CleanSubmission, Receipt
from ..submissions.pages import AbstractFormPage
from . import answers, members, schemas
from .problems import Problem, missing

router = Router(tags=["forms"])
PageId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)]
Invited = Annotated[str | None, Header(alias="Cop-Invitation", max_length=200)]
POSTED = {
    403: "A script of this origin may not send forms here.",
    409: "The form is closed.",
    413: "The body is too large.",
    429: "Too many were sent in a short time; see Retry-After.",
}
MISSING = {404: "There is no such form, or it is not for whoever asks.", 422: "A parameter is not valid."}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"answers": {"type": "object", "description": "By the schema of the form."}},
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
    page = found.specific if found else None
    version = page.current_version() if isinstance(page, AbstractFormPage) else None
    if not isinstance(page, AbstractFormPage) or version is None:
        raise missing()
    return page, version


@router.get(
    "/{page_id}/",
    response=schemas.Form,
    url_name="cop_form",
    operation_id="forms_read",
    summary="What a form asks",
    by_alias=True,
    openapi_extra=ours(problems=MISSING),
)
def read_form(request: HttpRequest, page_id: PageId, invitation: Invited = None) -> HttpResponse:
    """Return the JSON Schema of the answers, by the published version of the form.

    A registration form is shown to whom has been accepted alone: send the token of the personal link (what stands in
    its address after `/invitation/`) as `Cop-Invitation`.
    """
    try:
        page, version = find(request, page_id)
        closes_at = page.closes_at()
        if isinstance(page, RegistrationFormPage):
            closes_at = members.admit(page, invitation).ends_at
    except Problem as problem:
        return gate.unkept(problem.response())
    return gate.unkept(
        JsonResponse(
            {
                "schema": compiler.compile(version).schema(),
                "version": version.number,
                "closes_at": instant(closes_at) if closes_at else None,
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
            400: "The body is no JSON.",
            404: MISSING[404],
            415: "The body is not application/json.",
            422: "Answers have to be mended: one error for each question.",
        },
        **BODY,
    ),
)
def send_form(request: HttpRequest, page_id: PageId, key: Key = None, invitation: Invited = None) -> HttpResponse:
    """Send `{"answers": {…}}`, valid by the form's schema. The same `Idempotency-Key` again gives the same receipt."""
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
            400: "The body can't be read.",
            404: "There is no such question, or it does not ask for a file.",
            422: "The file can't be taken.",
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
    """Send the file that answers `question`, as `file`; what comes back is the answer to send with the others."""
    try:
        _guard(request, files=1)
        page, version = find(request, page_id)
        if isinstance(page, RegistrationFormPage):
            members.admit(page, invitation)
        if not page.is_open(now()):
            raise Problem(409, _("The form is closed."))
        return gate.unkept(JsonResponse(answers.keep_file(request, compiler.compile(version), question), status=201))
    except Problem as problem:
        return gate.unkept(problem.response())


def _send(request: HttpRequest, pk: int, key: str | None, token: str | None) -> dict[str, Any]:
    _guard(request)
    page, version = find(request, pk)
    with speaking(page):
        return _sent_to(page, version, request, _kept_key(pk, key), token)


def _sent_to(
    page: AbstractFormPage, version: FormVersion, request: HttpRequest, kept: str, token: str | None
) -> dict[str, Any]:
    is_registration = isinstance(page, RegistrationFormPage)
    earlier = members.sent(token, kept) if is_registration else _sent(page, kept, request)
    if earlier is not None:
        return earlier
    invitation = members.admit(page, token) if isinstance(page, RegistrationFormPage) else None
    if not page.is_open(now()):
        raise Problem(409, _("The form is closed."))
    valid = answers.check(compiler.compile(version), answers.read(request))
    submission = CleanSubmission.sent(version, valid, key=kept, source="api")

    def store(sent: CleanSubmission) -> dict[str, Any]:
        if invitation is not None:
            return members.register(invitation, sent)
        return _receipt(page.accept_submission(sent, request))

    try:
        return submissions.take(submission, store, sender=network.sender(request))
    except ActionRefused as refused:
        raise Problem(409, str(refused)) from None
    except guards.TooMany as refused:
        raise _too_many(refused, request) from None


def _sent(page: AbstractFormPage, key: str, request: HttpRequest) -> dict[str, Any] | None:
    receipt = page.find_sent(key, request) if key else None
    return _receipt(receipt) if receipt else None


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {"reference": receipt.reference} | ({} if receipt.is_mailed else {"is_mailed": False})


def _kept_key(pk: int, key: str | None) -> str:
    """Return the key to store: bound to this form, of fixed length, and never equal to that of a page's post."""
    return f"{pk}:api:{hashlib.sha256(key.encode()).hexdigest()[:48]}" if key else ""


def _guard(request: HttpRequest, files: int = 0) -> None:
    origin = request.headers.get("Origin")
    if origin and origin not in (*conf.COP_API_ORIGINS, f"{request.scheme}://{request.get_host()}"):
        raise Problem(403, _("Scripts of this web site may not send forms here."))
    try:
        guards.count_attempt(request)
        guards.count_files(request, files)
    except guards.TooMany as refused:
        raise _too_many(refused, request) from None


def _too_many(refused: guards.TooMany, request: HttpRequest) -> Problem:
    return Problem(429, refused.words(request), Retry_After=refused.retry_after)
