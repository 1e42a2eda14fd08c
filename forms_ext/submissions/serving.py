"""Serve a public form on a page: show it, accept a post, show errors with everything typed, confirm."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from wagtail.models import Page

from cop_program import reader
from cop_program.clock import now
from cop_program.zones import zone_names

from ..base.errors import ActionRefused
from ..forms import compiler, definitions
from . import actions, frames, guards, tokens
from .cleaned import CleanSubmission, Receipt
from .responses import CLOSED_TEMPLATE, FormResponse, around, of_form, typed_before

SEND, CHANGE, ZONE = "send", "change", "zone"  # the values of `_go`, from the button that sent the form
AGAIN = "again"


def serve(
    page: Page,
    request: HttpRequest,
    *,
    extra_context: Mapping[str, Any] | None = None,
    subject: str = "",
) -> HttpResponse:
    """Answer a request for the form of `page`: 200 shown, 302 accepted, 409 closed or changed, 422 to fix, 429.

    `subject` says in the form's token for whom it is shown, if it is shown to one person alone.
    """
    version = page.current_version()
    if version is None:
        return TemplateResponse(request, CLOSED_TEMPLATE, {**around(page, request), "typed": []}, status=404)
    showing = FormResponse(
        page, request, version, extra_context or {}, initial=page.initial_answers(request), subject=subject
    )
    if request.method == "POST":
        return _post(showing)
    if read := tokens.read_receipt(request.GET.get("receipt", ""), page.pk):
        return _confirmation(showing, *read)
    if AGAIN not in request.GET and (earlier := sent_before(page, request)):
        return earlier
    return showing.form() if page.is_open(now()) else showing.closed()


def _confirmation(showing: FormResponse, receipt: Receipt, nonce: str) -> HttpResponse:
    """Show the confirmation; the browser that sent the form also sees the answers and where the email went."""
    page, request = showing.page, showing.request
    nonce = nonce if frames.is_framed(request) else tokens.nonce_of(request, page.pk)
    sent = page.find_sent(tokens.idempotency_key(page.pk, nonce), request) if nonce else None
    own = sent if sent and sent.reference == receipt.reference else receipt
    context = {
        "reference": receipt.reference,
        "is_mailed": receipt.is_mailed,
        "recipient": own.recipient,
        "typed": own.answered,
        "again_url": f"{_address(page, request)}?{AGAIN}=1" if page.is_open(now()) else "",
    }
    return showing.render(page.sent_template, context)


def sent_before(page: Page, request: HttpRequest) -> HttpResponse | None:
    """Return the answer that the same post has got before, or that this browser got when it sent the form last."""
    nonce = tokens.nonce_of(request, page.pk)
    receipt: Receipt | None = page.find_sent(tokens.idempotency_key(page.pk, nonce), request) if nonce else None
    return _confirm(page, request, receipt, nonce) if receipt else None


def _confirm(page: Page, request: HttpRequest, receipt: Receipt, nonce: str) -> HttpResponse:
    """Redirect to the confirmation; a cookie lets the back button lead there too, and not to an empty form.

    In a frame there is no cookie. A form reached with the back button counts as the same one if it is sent again.
    """
    address = _address(page, request)
    is_framed = frames.is_framed(request)
    signed = tokens.sign_receipt(page.pk, receipt, nonce if is_framed else "")
    response = redirect(receipt.private_path or f"{address}?receipt={signed}")
    patch_cache_control(response, private=True, no_store=True)
    if not is_framed:
        tokens.remember_sent(request, response, page.pk, nonce, path=urlsplit(address).path)
    return response


def _address(page: Page, request: HttpRequest) -> str:
    """Return the URL at which the form of `page` is shown."""
    return frames.path(page) if frames.is_framed(request) else page.get_url(request) or request.path


def _post(showing: FormResponse) -> HttpResponse:
    """Accept a post; the same one again gets the same answer, even if both arrive at the same moment."""
    page, request = showing.page, showing.request
    if earlier := sent_before(page, request):
        return earlier
    response = _take(showing)
    return (sent_before(page, request) or response) if response.status_code >= 400 else response


def _take(showing: FormResponse) -> HttpResponse:
    request, page = showing.request, showing.page
    if frames.is_framed(request) and (zone := request.POST.get("_zone", "")) in zone_names():
        reader.choose(request, zone)
    token = tokens.read(request.POST.get("_token"), page.pk)
    showing.nonce = token.nonce if token else ""
    try:
        guards.count_post(request, files=len(request.FILES))
        cleaned = showing.plan.clean(request.POST, request.FILES)
        _carry_uploads(request, cleaned.answers)
        guards.check_open(page)
    except guards.TooMany as refused:
        return showing.too_many(refused)
    except guards.Closed:
        return showing.closed(status=409)
    go, is_current = request.POST.get("_go"), bool(token and token.version_id == showing.version.pk)
    if is_current and go == CHANGE:
        return showing.form()
    if is_current and go == ZONE:
        return _in_zone(showing)
    try:
        guards.check_sender(request, token, version_id=showing.version.pk)
    except guards.Doubtful as refused:
        return _refuse(showing, token, cleaned, str(refused))
    if cleaned.errors:
        return showing.form(cleaned.errors, status=422)
    if showing.plan.has_steps and go != SEND:
        return showing.check(cleaned.answers)
    return _accept(showing, cleaned.answers)


def _in_zone(showing: FormResponse) -> HttpResponse:
    """Show the form again with its times in the zone that was chosen below it."""
    name = showing.request.POST.get("_zone", "")
    if name and name not in zone_names():
        return showing.form()
    reader.choose(showing.request, name)
    response = showing.form()
    if not frames.is_framed(showing.request):
        reader.remember(showing.request, response, name)
    return response


def _refuse(
    showing: FormResponse, token: tokens.Token | None, cleaned: compiler.CleanedAnswers, refusal: str
) -> HttpResponse:
    """Show the form again, and beside it the answers to questions that it does not ask any more."""
    errors = cleaned.errors if token and not token.is_stale else {}
    gone: list[Any] = []
    if token and token.version_id != showing.version.pk:
        before = typed_before(showing.page, showing.request, token)
        gone = [pair for key, pair in before.items() if key not in showing.plan.fields]
    return showing.form(errors, notice=refusal, status=409, gone=gone)


def _carry_uploads(request: HttpRequest, answers: Mapping[str, Any]) -> None:
    """Let a form that is shown again know the files that were accepted."""
    kept = {f"{key}_kept": value["upload"] for key, value in answers.items() if isinstance(value, dict)}
    if kept:
        data = request.POST.copy()
        for name, token in kept.items():
            data[name] = token
        request.POST = data  # type: ignore[assignment]


def _accept(showing: FormResponse, answers: dict[str, Any]) -> HttpResponse:
    page = showing.page
    key = tokens.idempotency_key(page.pk, showing.nonce)
    submission = CleanSubmission.sent(showing.version, answers, key=key)
    try:
        receipt = actions.take(submission, page=page, request=showing.request)
    except ActionRefused as refused:
        return showing.form(notice=str(refused), status=409)
    except guards.TooMany as refused:
        return showing.too_many(refused)
    return _confirm(page, showing.request, receipt, showing.nonce)


def preview(page: Page, request: HttpRequest) -> HttpResponse:
    """Show the draft of `page` to its editor; it cannot be sent."""
    definition = definitions.definition_of(page)
    for item in definition["questions"]:
        if "key" in item and not item["label"]:
            item["label"] = _("(Untitled question)")
    compiled = compiler.compile_definition(definition, page.pk or 0)
    form = compiled.form(initial={})
    context = around(page, request) | of_form(compiled, form) | {"is_preview": True, "closes_at": page.closes_at()}
    return TemplateResponse(request, page.get_template(request), context)
