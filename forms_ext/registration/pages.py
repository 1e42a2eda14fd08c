"""The registration form: nothing of it is shown without a valid invitation."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cop_program.models import Program
from cop_program.translations import page_of

from ..admission import emails as admission_emails
from ..admission.models import Invitation
from ..base.errors import ActionRefused
from ..forms.compiler import compile
from ..submissions import panels, serving, tokens
from ..submissions.pages import AbstractFormPage
from ..submissions.responses import typed_before
from . import actions, gate, queries
from .models import Registration

__all__ = ["RegistrationFormPage"]


class RegistrationFormPage(AbstractFormPage, Page):
    """The registration form for accepted people, below its program page and behind the gate."""

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "forms_ext/registration_form_page.html"
    answers_are_submissions = False
    may_be_embedded = False  # nothing of it without an invitation
    has_language_links = False  # the invitation link opens the form in its holder's language
    required_roles = ("name", "email", "country", "billing_name", "billing_address", "policy_consent")
    content_panels = panels.panels(
        required_roles,
        introduction=_(
            "Only accepted people see this form, by their personal link. What they answered in their application "
            "stands in it already; the program's cancellation policy stands above its box by itself."
        ),
        button=_("“Register” if empty. Whoever has registered is led to their private page."),
        has_thanks=False,
    )

    class Meta:
        verbose_name = _("registration form")
        verbose_name_plural = _("registration forms")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the form to whom the gate lets in, asked on every request; to everyone else the page that refuses."""
        invitation = gate.admitted(request, self)
        if invitation is None:
            return serving.sent_before(self, request) or gate.refused(request, typed=_typed(self, request))
        if _is_of_somebody_else(self, request, invitation):
            return gate.refused(request, typed=_typed(self, request))
        setattr(request, "cop_invitation", invitation)  # noqa: B010
        context = {"invitation": invitation, "policy_note": admission_emails.late_note(invitation.application)}
        response = serving.serve(self, request, extra_context=context, subject=_subject(invitation))
        return gate.private(response)

    def initial_answers(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the application's answers of the person whom the gate admitted."""
        return prefill(self, request.cop_invitation)  # type: ignore[attr-defined]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the template the program with its policy and its cancellation deadline, in the preview, too."""
        return super().get_context(request, *args, **kwargs) | around(self)

    def accept_submission(self, submission: Any, request: HttpRequest | None) -> Any:
        """Register the visitor whom the gate admits, and redirect to their private page.

        Raise ActionRefused as `actions.register` does, or if the invitation is no longer valid.
        """
        assert request is not None
        invitation = getattr(request, "cop_invitation", None) or gate.admitted(request, self)
        if invitation is None:
            raise ActionRefused(gettext("This personal link is not valid any more."))
        registration = actions.register(invitation=invitation, submission=submission)
        return gate.private(redirect(queries.member_path(registration)))

    def find_sent(self, key: str, request: HttpRequest) -> Any:
        """Redirect to the registration made under `key`, or return None. A double click finds a used link."""
        pk = gate.named(request)
        earlier = Registration.objects.filter(invitation_id=pk, idempotency_key=key).first() if pk is not None else None
        return gate.private(redirect(queries.member_path(earlier))) if earlier else None

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[Any]:
        """Keep the form out of site maps."""
        return []

    def closes_at(self) -> datetime | None:
        """Each invitation has its own end, which the gate reads."""
        return None


def around(page: RegistrationFormPage) -> dict[str, Any]:
    """Return what the template says of the program: its policy and until when one may cancel."""
    program = program_of(page)
    if program is None:
        return {}
    deadline = program.page.deadline("cancellation")
    words = page_of(program, page.get_parent().locale.language_code)
    policy = words.cancellation_policy or program.page.cancellation_policy
    return {"program": program, "program_page": words, "policy": policy, "cancellation_deadline": deadline}


def prefill(page: RegistrationFormPage, invitation: Invitation) -> dict[str, Any]:
    """Return the application's answers as a start: those of the same role, then those of the same key."""
    version = page.current_version()
    if version is None:
        return {}
    application = invitation.application
    asked, answered = compile(version), compile(application.version)
    initial = {key: application.answers[key] for key in asked.fields if key in application.answers}
    for role, key in asked.roles.items():
        source = answered.roles.get(role)
        if source in application.answers:
            initial[key] = application.answers[source]
    return initial


def _subject(invitation: Invitation) -> str:
    return f"application:{invitation.application_id}"


def _is_of_somebody_else(page: RegistrationFormPage, request: HttpRequest, invitation: Invitation) -> bool:
    """Tell whether this form was opened for one person and is sent after another's link was opened in this browser."""
    token = tokens.read(request.POST.get("_token"), page.pk) if request.method == "POST" else None
    return token is not None and token.subject != _subject(invitation)


def _typed(page: RegistrationFormPage, request: HttpRequest) -> list[Any]:
    """Return what was typed into a form that was shown behind the gate: its token proves that."""
    if request.method != "POST":
        return []
    return list(typed_before(page, request, tokens.read(request.POST.get("_token"), page.pk)).values())


def program_of(page: RegistrationFormPage) -> Program | None:
    """Return the program below whose page the form lives."""
    return Program.for_page(page.get_parent())
