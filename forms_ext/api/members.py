"""Registration without our pages: the token of the invitation link replaces the cookie."""

from typing import Any

from ..admission import invitations
from ..admission.models import Invitation
from ..registration import actions as registration
from ..registration import gate
from ..registration import queries as registration_queries
from ..registration.models import Registration
from ..registration.pages import RegistrationFormPage
from ..submissions.cleaned import CleanSubmission
from .problems import missing


def admit(page: RegistrationFormPage, token: str | None) -> Invitation:
    """Return the valid invitation of `token` for the program of `page`; raise the same Problem for any other."""
    invitation = invitations.find(token or "")
    if invitation is None or not gate.leads_to(invitation, page):
        raise missing()
    return invitation


def sent(token: str | None, key: str) -> dict[str, Any] | None:
    """Return the receipt of an earlier post with this link and idempotency key, which used the link up."""
    if not key:
        return None
    found = Registration.objects.filter(invitation__token_sha256=invitations.digest(token or ""), idempotency_key=key)
    registration = found.first()
    return receipt(registration) if registration else None


def register(invitation: Invitation, submission: CleanSubmission) -> dict[str, Any]:
    """Register the holder of `invitation`."""
    return receipt(registration.register(invitation=invitation, submission=submission))


def receipt(registration: Registration) -> dict[str, Any]:
    """Return the reference, the state, and the link to the private page."""
    return {
        "reference": registration.reference,
        "state": registration.state,
        "member_url": registration_queries.member_url(registration),
    }
