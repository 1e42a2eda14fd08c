"""What staff do with an application. Each verb is one transaction; nothing else changes its state."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from cop_program.clock import now
from cop_program.intake import Why, not_running
from cop_program.models import Program

from ..applications import emails as applications_emails
from ..applications import queries as applications_queries
from ..applications.lifecycle import correct
from ..applications.models import Application, Correction
from ..base import history
from ..base.errors import ActionRefused
from . import emails, invitations
from .models import Decision, Invitation

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = [
    "TRANSITIONS",
    "allowed",
    "correct_contact",
    "decide",
    "reopen",
    "revoke_link",
    "send_link_again",
    "withdraw",
]

State = Application.State

#: The allowed changes of an application's state.
TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    State.SUBMITTED: (State.ACCEPTED, State.WAITLISTED, State.DECLINED, State.WITHDRAWN),
    State.WAITLISTED: (State.ACCEPTED, State.DECLINED, State.WITHDRAWN),
    State.DECLINED: (State.ACCEPTED,),
    State.ACCEPTED: (State.DECLINED, State.WITHDRAWN),
    State.WITHDRAWN: (State.SUBMITTED,),
}


def allowed(application: Application) -> tuple[str, ...]:
    """Return the states that `application` can be put into now."""
    if application.program.status == Program.Status.CALLED_OFF or invitations.is_used(application):
        return ()
    return TRANSITIONS[application.state]


def _forbid(reference: str, from_state: str, to_state: str) -> ActionRefused:
    return ActionRefused(
        _("%(reference)s cannot change from “%(from)s” to “%(to)s”.")
        % {"reference": reference, "from": State(from_state).label, "to": State(to_state).label}
    )


def _change_state(*, application: Application, to_state: str) -> str:
    """Change the state that the caller saw, unless someone else has changed it meanwhile; return the application.

    It is one conditional UPDATE: if two people decide at once, the second finds the row changed.
    """
    from_state = application.state
    if to_state not in TRANSITIONS[from_state]:
        raise _forbid(application.reference, from_state, to_state)
    moved = Application.objects.filter(pk=application.pk, state=from_state).update(
        state=to_state, state_changed_at=now()
    )
    if not moved:
        current = Application.objects.values_list("state", flat=True).get(pk=application.pk)
        raise ActionRefused(
            _("Someone else has just decided %(reference)s. Its status is now “%(state)s”.")
            % {"reference": application.reference, "state": State(current).label}
        )
    if invitations.is_used(application):  # read after the row is ours: registering takes the same row first
        raise ActionRefused(
            _("%(reference)s has already registered. Cancel the registration instead.")
            % {"reference": application.reference}
        )
    return from_state


def _check_program(application: Application, to_state: str) -> None:
    program = Program.objects.select_related("page").get(pk=application.program_id)
    ended = not_running(program.page, program.status)
    if ended == Why.CANCELLED:
        raise ActionRefused(_("The program is cancelled, and its applications are closed."))
    if ended and to_state == State.ACCEPTED:
        raise ActionRefused(_("The program is over, so no one else can be accepted."))
    if ended and to_state == State.SUBMITTED:
        raise ActionRefused(_("The program is over, so no application can be reopened."))


@transaction.atomic
def decide(
    *,
    application: Application,
    to_state: str,
    by: "User | None",
    reason: str = "",
    message: str = "",
    link_ends_at: datetime | None = None,
) -> Decision:
    """Accept, decline, waitlist, withdraw or reopen `application` as the caller saw it, and email the person.

    `reason` is for colleagues, `message` is for the person and is added to the email. An acceptance makes an invitation
    link, valid until `link_ends_at` or the registration deadline.

    Raise ActionRefused if the state does not allow it, somebody else has decided first, the person has registered, the
    program is cancelled, the link of an acceptance could not be used (the program is over, or its end has passed), or a
    withdrawn application is reopened without a reason.
    """
    seen = application.state
    if to_state == State.SUBMITTED and not reason.strip():
        raise ActionRefused(_("Enter the reason why the application is reopened."))
    from_state = _change_state(application=application, to_state=to_state)
    try:
        _check_program(application, to_state)
        application.state = to_state
        link = ""
        revoked = invitations.revoke(application=application, by=by)
        made: list[Model] = []
        if to_state == State.ACCEPTED:
            invitation, link = invitations.make(application=application, by=by, ends_at=link_ends_at)
            made.append(invitation)
            mail = emails.send(application, to_state, link=link, ends_at=invitation.ends_at, message=message)
        else:
            mail = emails.send(application, to_state, message=message)
        decision = Decision.objects.create(
            application=application,
            from_state=from_state,
            to_state=to_state,
            decided_by=by,
            decided_at=now(),
            reason=reason,
            mail=mail,
        )
        history.record(
            application,
            "forms_ext.admission.decide",
            user=by,
            made=[decision, *made],
            changed={application: ("state", "state_changed_at")} | dict.fromkeys(revoked, invitations.REVOKED),
            decision=decision.pk,
            from_state=str(from_state),
            to_state=str(to_state),
        )
    except BaseException:
        application.state = seen
        raise
    application.refresh_from_db(fields=["state", "state_changed_at"])
    return decision


def withdraw(*, application: Application, by: "User | None", reason: str = "", message: str = "") -> Decision:
    """Withdraw an application at the applicant's wish. Raise ActionRefused as `decide` does."""
    return decide(application=application, to_state=State.WITHDRAWN, by=by, reason=reason, message=message)


def reopen(*, application: Application, by: "User | None", reason: str, message: str = "") -> Decision:
    """Put a withdrawn application back to where it awaits a decision. Raise ActionRefused as `decide` does."""
    return decide(application=application, to_state=State.SUBMITTED, by=by, reason=reason, message=message)


def _lock_accepted(application: Application) -> Application:
    """Return `application` locked; only an accepted one that nobody registered with has a link to act on."""
    locked = applications_queries.locked(application.pk)
    if locked.state != State.ACCEPTED:
        raise ActionRefused(
            _("The status of %(reference)s is “%(state)s”. Only accepted applications have an invitation link.")
            % {"reference": locked.reference, "state": locked.get_state_display()}
        )
    if invitations.is_used(locked):
        raise ActionRefused(_("%(reference)s has already registered.") % {"reference": locked.reference})
    return locked


@transaction.atomic
def send_link_again(*, application: Application, by: "User | None", ends_at: datetime | None = None) -> Invitation:
    """Make a new invitation link and email it. The old link stops working; an end that staff set is kept.

    Raise ActionRefused if the application is not accepted, the person has registered, the program is cancelled or
    over, or the end of the link has passed.
    """
    application = _lock_accepted(application)
    _check_program(application, State.ACCEPTED)
    ends_at = ends_at or invitations.own_end(application)
    revoked = invitations.revoke(application=application, by=by)
    invitation, link = invitations.make(application=application, by=by, ends_at=ends_at)
    emails.send(application, emails.LINK, link=link, ends_at=invitation.ends_at)
    history.record(
        application,
        "forms_ext.admission.send_link_again",
        user=by,
        made=[invitation],
        changed=dict.fromkeys(revoked, invitations.REVOKED),
        invitation=invitation.pk,
    )
    return invitation


@transaction.atomic
def revoke_link(*, application: Application, by: "User | None", reason: str = "") -> None:
    """Revoke the invitation link; a new one can be sent later.

    Raise ActionRefused if the application is not accepted, the person has registered, or there is no link.
    """
    application = _lock_accepted(application)
    revoked = invitations.revoke(application=application, by=by, reason=reason.strip())
    if not revoked:
        raise ActionRefused(_("%(reference)s has no invitation link to revoke.") % {"reference": application.reference})
    changed = dict.fromkeys(revoked, invitations.REVOKED)
    history.record(application, "forms_ext.admission.revoke_link", user=by, changed=changed, invitation=revoked[0].pk)


@transaction.atomic
def correct_contact(
    *, application: Application, name: str, email: str, by: "User | None", reason: str = ""
) -> Correction:
    """Correct a mistyped name or email address. Both spellings stay in the history.

    A new address gets what the old one got last: a new invitation link (the old one stops working), the confirmation,
    or the decision. People who have registered get nothing: their registration has an address of its own.

    Raise ActionRefused if nothing changes, or the name or address is not valid.
    """
    locked = applications_queries.locked(application.pk)
    correction = correct(locked, name=name, email=email, by=by, reason=reason, action="forms_ext.applications.correct")
    if correction.email_before != correction.email_after and locked.program.status in invitations.OPEN:
        _tell_new_address(locked, by)
    return correction


def _tell_new_address(application: Application, by: "User | None") -> None:
    if application.state == State.SUBMITTED:
        applications_emails.send_receipt(application)
    elif application.state == State.ACCEPTED:
        if invitations.live(application):
            send_link_again(application=application, by=by)
    elif application.state != State.WITHDRAWN:
        last = application.decisions.select_related("mail").order_by("pk").last()
        message = str(last.mail.fields.get("message", "")) if last and last.mail else ""
        emails.send(application, application.state, message=message)
