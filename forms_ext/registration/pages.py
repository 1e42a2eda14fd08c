"""How the registration form page is served: nothing of it without a valid invitation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cop_program.models import Program
from cop_program.translations import page_of

from ..admission import letters
from ..admission.models import Invitation
from ..base.errors import ActionRefused
from ..forms import tokens
from ..forms.showing import typed_before
from ..forms.submissions import CleanSubmission
from . import actions, gate, queries
from .models import Registration, RegistrationFormPage


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
    from ..forms.plan import compile

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


def serve(page: RegistrationFormPage, request: HttpRequest) -> HttpResponse:
    """Serve the form to whom the cookie lets in; to everybody else the page that refuses."""
    from ..forms import rendering

    invitation = gate.admitted(request, page)
    if invitation is None:
        return rendering.sent_before(page, request) or gate.refused(request, typed=_typed(page, request))
    if _is_of_somebody_else(page, request, invitation):
        return gate.refused(request, typed=_typed(page, request))
    setattr(request, "cop_invitation", invitation)  # noqa: B010
    context = {"invitation": invitation, "policy_note": letters.late_note(invitation.application)}
    response = rendering.serve(page, request, extra_context=context, subject=_subject(invitation))
    return gate.private(response)


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


def find_sent(request: HttpRequest, key: str) -> HttpResponse | None:
    """Return the way to what the form has made under `key`: a double click, or the way back, meets a used link."""
    pk = gate.named(request)
    earlier = Registration.objects.filter(invitation_id=pk, idempotency_key=key).first() if pk is not None else None
    return gate.private(redirect(queries.member_path(earlier))) if earlier else None


def accept(page: RegistrationFormPage, submission: CleanSubmission, request: HttpRequest | None) -> HttpResponse:
    """Register whom the cookie let in; redirect to the private page of the new registration."""
    assert request is not None
    invitation = getattr(request, "cop_invitation", None) or gate.admitted(request, page)
    if invitation is None:
        raise ActionRefused(_("This personal link is not valid any more."))
    registration = actions.register(invitation=invitation, submission=submission)
    return gate.private(redirect(queries.member_path(registration)))


def program_of(page: RegistrationFormPage) -> Program | None:
    """Return the program below whose page the form lives."""
    return Program.for_page(page.get_parent())
