"""The registration form: nothing of it is shown without a valid invitation."""

from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cop_program import journey, locales, reader, refunds
from cop_program.extensions import provider
from cop_program.models import Program
from cop_program.translations import page_of

from ..admission import emails as admission_emails
from ..admission.models import Invitation
from ..base import dates
from ..base.references import reference_to
from ..forms.compiler import compile
from ..submissions import panels, serving, tokens
from ..submissions.cleaned import CleanSubmission, Receipt
from ..submissions.pages import AbstractFormPage
from ..submissions.responses import typed_before
from . import actions, gate, queries, standing
from .models import Registration
from .terms import Terms, terms

__all__ = ["RegistrationFormPage"]


class RegistrationFormPage(AbstractFormPage, Page):
    """The registration form for accepted people, below its program page and behind the gate."""

    page_description = _("The form by which accepted people register. Only their invitation links open it.")

    page_ptr = models.OneToOneField(
        Page, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="%(app_label)s_%(class)s"
    )

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "forms_ext/registration_form_page.html"
    answers_are_submissions = False
    may_be_embedded = False  # nothing of it without an invitation
    has_language_links = False  # the invitation link leads to the form in its holder's language
    required_roles = ("name", "email", "country", "billing_name", "billing_address", "policy_consent")
    content_panels = panels.panels(
        required_roles,
        introduction=_(
            "Only accepted people see this form, through their invitation link. Answers from their application are "
            "filled in. The program's cancellation policy appears above its checkbox."
        ),
        button=_("“Register” if empty. After registering, people see their private page."),
        has_thanks=False,
    )

    class Meta:
        verbose_name = _("registration form")
        verbose_name_plural = _("registration forms")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the form to whom the gate lets in, asked on every request; to everyone else the page that refuses."""
        if alias := self.lead_to_source(request):
            return alias
        if not self.let_in(request):
            earlier = serving.sent_before(self, request)
            return gate.private(earlier or self.refuse(request))
        invitation: Invitation = request.cop_invitation  # type: ignore[attr-defined]
        if _is_of_somebody_else(self, request, invitation):
            return self.refuse(request)
        context = {
            "invitation": invitation,
            "policy_note": admission_emails.late_note(invitation.application),
            "standing": standing.of_invitation(invitation),
            "terms": _terms(self, request, invitation.ends_at),
        }
        response = serving.serve(self, request, extra_context=context, subject=_subject(invitation))
        return gate.private(response)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """Answer a visitor whom the gate does not let in."""
        return gate.refused(request, typed=_typed(self, request), program=program_of(self))

    def let_in(self, request: HttpRequest, token: str | None = None) -> bool:
        """Let in whom the gate admits; what follows finds their invitation in `request.cop_invitation`."""
        invitation = gate.admitted(request, self, token)
        setattr(request, "cop_invitation", invitation)  # noqa: B010
        return invitation is not None

    def closes_for(self, request: HttpRequest) -> datetime:
        """Return the end of the invitation of whom the gate let in."""
        end: datetime = request.cop_invitation.ends_at  # type: ignore[attr-defined]
        return end

    def notice_for(self, request: HttpRequest) -> str:
        """Say that who registers now joins the queue, before they write."""
        program = program_of(self)
        places = provider().places(program) if program else None
        if places is None or (places.left and not places.waiting):
            return ""
        return gettext("All places are taken. If you register now, you join the queue for a place. Do not pay yet.")

    def initial_answers(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the application's answers of the person whom the gate admitted."""
        return prefill(self, request.cop_invitation)  # type: ignore[attr-defined]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the template the program with its policy and its cancellation deadline, in the preview, too."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | around(self, request)

    def accept_submission(self, submission: CleanSubmission, request: HttpRequest) -> Receipt:
        """Register the visitor whom the gate let in; the receipt leads to their private page.

        Raise ActionRefused as `actions.register` does.
        """
        registration = actions.register(invitation=request.cop_invitation, submission=submission)  # type: ignore[attr-defined]
        return _receipt(registration)

    def find_sent(self, key: str, request: HttpRequest, token: str | None = None) -> Receipt | None:
        """Return the receipt of what was made under `key`, if anything. A double click finds a used link."""
        registration = Registration.objects.filter(gate.presented(request, token), idempotency_key=key).first()
        return _receipt(registration) if registration else None

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[Any]:
        """Keep the form out of site maps."""
        return []

    def is_there(self) -> bool:
        """Tell whether the program is published."""
        return bool(self.get_parent().live)

    def closes_at(self) -> datetime | None:
        """Each invitation has its own end, which the gate reads."""
        return None


def around(page: RegistrationFormPage, request: HttpRequest) -> dict[str, Any]:
    """Return what the template says of the program, and the step and the terms of a person who was accepted."""
    program = program_of(page)
    if program is None:
        return {}
    deadline = program.page.deadline("cancellation")
    words = page_of(program, page.get_parent().locale.language_code)
    policy = words.cancellation_policy or program.page.cancellation_policy
    accepted = journey.Facts(
        is_accepted=True, link_ends=program.page.registration_closes_at, zone=dates.link_zone(program)
    )
    return {
        "program": program,
        "program_page": words,
        "policy": policy,
        "cancellation_deadline": deadline,
        "refund_terms": refunds.lines(program.page, page.get_parent().locale.language_code),
        "standing": journey.standing(accepted),
        "terms": _terms(page, request, program.page.registration_closes_at),
    }


def _terms(page: RegistrationFormPage, request: HttpRequest, link_ends: datetime | None) -> Terms | None:
    program = program_of(page)
    if program is None or link_ends is None:
        return None
    return terms(program, link_ends, zone=reader.zone(request) or "", language=locales.language())


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
    if correction := application.corrections.last():
        for role, value in (("name", correction.name_after), ("email", correction.email_after)):
            if role in asked.roles:
                initial[asked.roles[role]] = value
    return initial


def _receipt(registration: Registration) -> Receipt:
    """Return what its sender may quote, where they stand, and where they go on."""
    return Receipt(
        registration.reference,
        state=registration.state,
        private_path=queries.member_path(registration),
        standing=standing.of_registration(registration),
    )


def _subject(invitation: Invitation) -> str:
    return reference_to(invitation.application)


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
    """Return the program of the page above the form."""
    return Program.for_page(page.get_parent())


def form_for(invitation: Invitation | None) -> RegistrationFormPage | None:
    """Return the form of the invitation's program, in the applicant's language if there is one in it.

    None if the form or the program is not published.

    One query, with an invitation and without.
    """
    page = invitation.application.program.page if invitation else None
    home = page.path if page and page.live else "-"  # no page has this path
    language = invitation.application.language if invitation else "-"
    source = RegistrationFormPage.objects.filter(path__startswith=home).values("translation_key")
    first = models.Case(
        models.When(locale__language_code=language, then=0), models.When(path__startswith=home, then=1), default=2
    )
    forms = RegistrationFormPage.objects.live().filter(translation_key__in=source, alias_of=None)
    fitting = forms.filter(models.Q(locale__language_code=language) | models.Q(path__startswith=home))
    return fitting.order_by(first).first()
