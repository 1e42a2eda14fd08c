"""The whole life of a public form on a page: shown, sent, shown again with everything in it, confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cop_program import context as surroundings
from cop_program.clock import now

from ..base.errors import ActionRefused
from . import guards, plan, tokens, versions
from .models import AbstractFormPage, FormVersion
from .submissions import CleanSubmission

CLOSED_TEMPLATE = "forms_ext/forms/closed.html"
SENT_TEMPLATE = "forms_ext/forms/sent.html"


@dataclass
class Showing:
    """One answer to a request: the form with what was typed, and why it is shown again."""

    page: AbstractFormPage
    request: HttpRequest
    version: FormVersion
    context: Mapping[str, Any]
    initial: Mapping[str, Any] = field(default_factory=dict)
    nonce: str = ""
    subject: str = ""

    @property
    def plan(self) -> plan.Plan:
        return plan.compile(self.version)

    def form(self, errors: Mapping[str, list[str]] | None = None, notice: str = "", status: int = 200) -> HttpResponse:
        """Show the form; a post's data stays in it."""
        data, files = posted(self.request)
        form = self.plan.form(data, files, self.initial, errors or {})
        context = {
            "form": form,
            "parts": parts(self.plan, form),
            "notice": notice,
            "token": tokens.make(self.page.pk, self.version.pk, self.nonce, self.subject),
            "trap": guards.TRAP,
            "action": reverse("forms_ext:form", args=[self.page.pk]),
            "closes_at": self.page.closes_at(),
        }
        return self.render(self.page.get_template(self.request), context, status)

    def closed(self, status: int = 200) -> HttpResponse:
        """Say that the form is closed; what was typed can still be read and copied."""
        data, files = posted(self.request)
        typed = []
        if data is not None:
            form = self.plan.form(data, files, errors={})
            typed = [(bound.label, bound.value()) for bound in form if isinstance(bound.value(), str) and bound.value()]
        return self.render(CLOSED_TEMPLATE, {"typed": typed, "closes_at": self.page.closes_at()}, status)

    def render(self, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        everything = {**_around(self.page, self.request), **self.context, **context}
        response = TemplateResponse(self.request, template, everything, status=status)
        patch_cache_control(response, private=True, no_store=True)
        return response


def _around(page: AbstractFormPage, request: HttpRequest) -> dict[str, Any]:
    """Return what a template of `page` gets whatever it shows."""
    return {**page.get_context(request), **surroundings.of_every_page(request)}


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """Return the data and files of a post, or (None, None)."""
    return (request.POST.copy(), request.FILES) if request.method == "POST" else (None, None)


def parts(compiled: plan.Plan, form: Any) -> list[dict[str, Any]]:
    """Return the form in reading order: marks as they are, questions with their bound field."""
    return [
        dict(item) | ({"field": form[item["key"]]} if "key" in item else {"field": None}) for item in compiled.items
    ]


def serve(
    page: AbstractFormPage,
    request: HttpRequest,
    *,
    extra_context: Mapping[str, Any] | None = None,
    subject: str = "",
) -> HttpResponse:
    """Answer a request for the form of `page`: 200 shown, 302 accepted, 409 closed or changed, 422 to mend, 429.

    `subject` says in the form's token for whom it is shown, where it is shown to one person alone.
    """
    version = page.current_version()
    if version is None:
        return TemplateResponse(request, CLOSED_TEMPLATE, {**_around(page, request), "typed": []}, status=404)
    initial = page.initial_answers(request)
    showing = Showing(page, request, version, extra_context or {}, initial, subject=subject)
    if request.method == "POST":
        return _post(showing)
    if receipt := tokens.read_receipt(request.GET.get("receipt", ""), page.pk):
        return showing.render(SENT_TEMPLATE, {"reference": receipt[0], "receipt_kind": receipt[1]})
    return showing.form() if page.is_open(now()) else showing.closed()


def _post(showing: Showing) -> HttpResponse:
    request, page = showing.request, showing.page
    token = tokens.read(request.POST.get("_token"), page.pk)
    showing.nonce = token.nonce if token else ""
    if not guards.address_allowed(request):
        return showing.form(
            notice=_("Too many forms came from your network in a short time. Wait a while, then send this again."),
            status=429,
        )
    cleaned = showing.plan.clean(request.POST, request.FILES)
    _carry_uploads(request, cleaned.answers)
    if not page.is_open(now()):
        return showing.closed(status=409)
    if refusal := _refusal(showing, token):
        return showing.form(cleaned.errors if token and not token.is_stale else {}, notice=refusal, status=409)
    if cleaned.errors:
        return showing.form(cleaned.errors, status=422)
    return _accept(showing, cleaned.answers)


def _refusal(showing: Showing, token: tokens.Token | None) -> str:
    if token is None or token.is_stale:
        return _("This page had been open for a long time. Everything is still here: look it over and send it again.")
    if showing.request.POST.get(guards.TRAP):
        return _("Leave the field for a fax number empty, then send the form again.")
    if token.is_hasty:
        return _("That was very quick. Look your answers over and send the form again.")
    if token.version_id != showing.version.pk:
        return _("The form has changed since you opened it. Your answers are kept: look it over and send it again.")
    return ""


def _carry_uploads(request: HttpRequest, answers: Mapping[str, Any]) -> None:
    """Let a form that is shown again know the files that were accepted."""
    kept = {f"{key}_kept": value["upload"] for key, value in answers.items() if isinstance(value, dict)}
    if kept:
        data = request.POST.copy()
        for name, token in kept.items():
            data[name] = token
        request.POST = data  # type: ignore[assignment]


def _accept(showing: Showing, answers: dict[str, Any]) -> HttpResponse:
    page, compiled = showing.page, showing.plan
    roles = compiled.role_values(answers)
    if "email" in roles and not guards.recipient_allowed(roles["email"]):
        return showing.form(
            notice=_("This email address was used here several times in a short time. Wait an hour, then send again."),
            status=429,
        )
    submission = CleanSubmission(
        version=showing.version,
        answers=answers,
        roles=roles,
        language=(get_language() or "en")[:12],
        idempotency_key=f"{page.pk}:{showing.nonce}",
    )
    try:
        receipt = page.accept_submission(submission, showing.request)
    except ActionRefused as refused:
        return showing.form(notice=str(refused), status=409)
    if isinstance(receipt, HttpResponse):
        return receipt
    address = page.get_url(showing.request) or showing.request.path
    response = redirect(f"{address}?receipt={tokens.sign_receipt(page.pk, receipt.reference, receipt.kind)}")
    patch_cache_control(response, private=True, no_store=True)
    return response


def preview(page: AbstractFormPage, request: HttpRequest) -> HttpResponse:
    """Show the draft of `page` to its editor; it can't be sent."""
    compiled = plan.of_definition(versions.definition_of(page), page.pk or 0)
    form = compiled.form(initial={})
    context = {**_around(page, request), "form": form, "parts": parts(compiled, form), "is_preview": True}
    return TemplateResponse(request, page.get_template(request), context | {"closes_at": page.closes_at()})
