"""How the registration form page is served: nothing of it without a valid invitation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cop_program.models import Program

from ..admission import letters
from ..admission.models import Invitation
from ..base.errors import ActionRefused
from . import actions, gate, queries
from .models import Registration, RegistrationFormPage


def prefill(page: RegistrationFormPage, invitation: Invitation) -> dict[str, Any]:
    """Return the application's answers as a start: those of the same role, then those of the same key."""
    from ..forms.plan import compile

    version = page.current_version()  # type: ignore[attr-defined]
    if version is None:
        return {}
    application = invitation.application
    asked, answered = compile(version), compile(application.version)
    initial = {q.key: application.answers[q.key] for q in asked.questions if q.key in application.answers}
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
        return gate.refused(request)
    setattr(request, "cop_invitation", invitation)  # noqa: B010
    context = {
        "invitation": invitation,
        "program": invitation.application.program,
        "policy": invitation.application.program.page.cancellation_policy,
        "policy_note": letters.late_note(invitation.application),
    }
    response = rendering.serve(page, request, extra_context=context, initial=prefill(page, invitation))
    return gate.private(response)


def accept(page: RegistrationFormPage, submission: Any, request: HttpRequest) -> tuple[Registration, str]:
    """Register whom the cookie let in; return the registration and the address of its private page."""
    invitation = getattr(request, "cop_invitation", None) or gate.admitted(request, page)
    if invitation is None:
        raise ActionRefused(_("This personal link is not valid any more."))
    registration = actions.register(invitation=invitation, submission=submission)
    return registration, queries.member_path(registration)


def program_of(page: RegistrationFormPage) -> Program | None:
    """Return the program below whose page the form lives."""
    return Program.objects.filter(page_id=page.get_parent().pk).select_related("page").first()
