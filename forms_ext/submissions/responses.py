"""The responses of a form: the form with everything typed, the answers to check, or why it is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from wagtail.models import Page

from cop_program.presentation import context as surroundings

from ..forms import compiler
from ..forms.models import FormVersion
from . import frames, guards, tokens

CLOSED_TEMPLATE = "forms_ext/forms/closed.html"


@dataclass
class FormResponse:
    """One response: the form with what was typed, and why it is shown again."""

    page: Page
    request: HttpRequest
    version: FormVersion
    context: Mapping[str, Any]
    initial: Mapping[str, Any] = field(default_factory=dict)
    nonce: str = ""
    subject: str = ""

    @property
    def plan(self) -> compiler.CompiledForm:
        return compiler.compile(self.version)

    @property
    def action(self) -> str:
        """The URL to which the form is sent."""
        if frames.is_framed(self.request):
            return frames.path(self.page)
        return str(self.page.posted_to)

    def form(
        self, errors: Mapping[str, list[str]] | None = None, notice: str = "", status: int = 200, **context: Any
    ) -> HttpResponse:
        """Show the form; a post's data stays in it."""
        data, files = posted(self.request)
        form = self.plan.form(data, files, self.initial, errors or {})
        token = tokens.make(self.page.pk, self.version.pk, self.nonce, self.subject)
        return self._in_form(
            of_form(self.plan, form)
            | {
                "notice": notice,
                "token": token,
                "closes_at": self.page.closes_at(),
                "before": self.page.notice_for(self.request),
                **context,
            },
            status,
        )

    def check(self, answers: Mapping[str, Any]) -> HttpResponse:
        """Show all answers before they are sent, each with a link back to it; the token keeps its age."""
        data = self.request.POST
        context = {
            "check": sections(self.plan, answers, self.plan.form(data, errors={})),
            "hidden": [pair for question in self.plan.questions for pair in compiler.posted_values(question, data)],
            "token": data["_token"],
        }
        return self._in_form(context, 200)

    def too_many(self, refused: guards.TooMany) -> HttpResponse:
        """Show the form again with everything in it, and say when it can be sent."""
        response = self.form(notice=refused.words(self.request), status=429)
        response["Retry-After"] = refused.retry_after
        return response

    def closed(self, status: int = 200) -> HttpResponse:
        """Say that the form is closed; what was typed can still be read and copied."""
        typed = self.plan.typed(self.request.POST).values() if self.request.method == "POST" else ()
        return self.render(CLOSED_TEMPLATE, {"typed": list(typed), "why_closed": self.page.why_closed()}, status)

    def _in_form(self, context: Mapping[str, Any], status: int) -> HttpResponse:
        always = {"action": self.action, "trap": guards.TRAP}
        return self.render(self.page.get_template(self.request), always | dict(context), status)

    def render(self, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        everything = {**around(self.page, self.request), **self.context, **context}
        response = TemplateResponse(self.request, template, everything, status=status)
        patch_cache_control(response, private=True, no_store=True)
        return response


def around(page: Page, request: HttpRequest) -> dict[str, Any]:
    """Return what a template of `page` gets whatever it shows."""
    return {**page.get_context(request), **surroundings.of_every_page(request), **frames.context(request)}


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """Return the data and files of a post, or (None, None)."""
    return (request.POST.copy(), request.FILES) if request.method == "POST" else (None, None)


def parts(compiled: compiler.CompiledForm, form: forms.Form) -> list[dict[str, Any]]:
    """Return the form in reading order: marks as they are, questions with their bound field."""
    return [
        dict(item) | ({"field": form[item["key"]]} if "key" in item else {"field": None}) for item in compiled.items
    ]


def of_form(compiled: compiler.CompiledForm, form: forms.Form) -> dict[str, Any]:
    """Return the response that shows `form`, in its page or a frame."""
    return {"form": form, "parts": parts(compiled, form), "must_check": compiled.has_steps}


def sections(compiled: compiler.CompiledForm, answers: Mapping[str, Any], form: forms.Form) -> list[dict[str, Any]]:
    """Return the answers as people read them, below the headings of the form: `title`, `rows`."""
    found: list[dict[str, Any]] = [{"title": "", "rows": []}]
    for item in compiled.items:
        if "key" in item:
            bound = form[item["key"]]
            anchor = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
            found[-1]["rows"].append(
                {"label": item["label"], "text": compiler.text_of(item, answers), "anchor": anchor},
            )
        elif item["type"] != "note":
            found.append({"title": item["title"], "rows": []})
    return [section for section in found if section["rows"]]


def typed_before(page: Page, request: HttpRequest, token: tokens.Token | None) -> dict[str, Any]:
    """Return what a post says to the version that its token names, by key; nothing without a token of this page."""
    version = FormVersion.objects.filter(pk=token.version_id, page_id=page.pk).first() if token else None
    return compiler.compile(version).typed(request.POST) if version else {}
