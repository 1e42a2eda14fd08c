"""What can happen to a registration. Each verb is one transaction; nothing else changes its state."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.clock import now
from cop_program.models import Program

from ..admission import invitations, places, queue
from ..admission.models import Invitation, Place, QueueEntry
from ..admission.queries import gives_deposit_back
from ..applications import queries as applications_queries
from ..applications.models import Application
from ..base import history, number_series
from ..base.errors import ActionRefused
from ..ledger import queries as ledger_queries
from ..submissions import files
from ..submissions.cleaned import CleanSubmission
from . import queries
from .emails import sending
from .lifecycle import give_up_place, offer_under_lock, settle, start_hold
from .models import Registration
from .transitions import MOVED, move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["cancel", "register", "renew_member_page"]

State = Registration.State


def _earlier(invitation: Invitation, key: str | None) -> Registration | None:
    """Return what an earlier post of the same form has made: a double click, a retry after a lost answer."""
    if not key:
        return None
    return Registration.objects.filter(invitation=invitation, idempotency_key=key).first()


def _use(invitation: Invitation) -> Program:
    """Use the invitation up while its application is ours, so that nobody decides it meanwhile."""
    application = applications_queries.locked(invitation.application_id)
    if not invitations.use(invitation):
        raise ActionRefused(_("This invitation link no longer works: it was used, has expired or was replaced."))
    return Program.objects.select_related("page").get(pk=application.program_id)


def _claim_or_queue(program: Program, invitation: Invitation) -> Place | QueueEntry:
    """Return a place held for `invitation`, or its entry in the queue that it has joined."""
    until = queries.hold_end(program, invitation)
    if place := places.claim(program=program, invitation=invitation, held_until=until):
        return place
    places.lock(program)  # from here on, nobody can free a place until we are in the queue
    if place := places.claim(program=program, invitation=invitation, held_until=until):
        return place
    return queue.join(program=program, invitation=invitation)


@transaction.atomic
def register(*, invitation: Invitation, submission: CleanSubmission) -> Registration:
    """Register the holder of `invitation`: hold a place and post the fee, or add them to the queue.

    `submission` is a `CleanSubmission` of the registration form. The same `idempotency_key` returns the registration
    that it made.

    Raise ActionRefused if the invitation is not valid any more, or if no deposit is asked, an invoice is due at once
    and there is no issuer.
    """
    if earlier := _earlier(invitation, submission.idempotency_key):
        return earlier
    try:
        program = _use(invitation)
    except ActionRefused:
        if earlier := _earlier(invitation, submission.idempotency_key):  # the same post, at the same moment
            return earlier
        raise
    place = _claim_or_queue(program, invitation)
    state = State.HELD if isinstance(place, Place) else State.WAITING
    registration = _create(program, invitation, submission, state)
    history.record(
        registration,
        "forms_ext.registration.register",
        made=[registration, *files.claim(registration.answers), *([place] if isinstance(place, QueueEntry) else [])],
        changed={invitation: ("used_at",)} | ({place: places.STATE} if isinstance(place, Place) else {}),
        state=str(state),
        invitation=invitation.pk,
    )
    if isinstance(place, QueueEntry):
        sending.registered_waiting(registration)
    else:
        start_hold(registration)
        if registration.state == State.HELD:
            sending.registered_hold(registration, place)
    return registration


def _create(program: Program, invitation: Invitation, submission: CleanSubmission, state: str) -> Registration:
    moment, page, application = now(), program.page, invitation.application
    return Registration.objects.create(
        version=submission.version,
        answers=submission.answers,
        submitted_at=moment,
        language=submission.language or application.language,
        idempotency_key=submission.idempotency_key or None,
        program=program,
        invitation=invitation,
        reference=number_series.draw(f"M-{moment:%Y}", prefix=f"M-{moment:%Y}-"),
        state=state,
        state_changed_at=moment,
        policy=page.cancellation_policy,
        deposit_amount=page.deposit.amount,
        **_columns(submission, application),
    )


def _columns(submission: CleanSubmission, application: Application) -> dict[str, Any]:
    """Return what the columns of roles hold: the answer, else that of the application; who pays is who registers."""
    answered = submission.columns(Registration)
    found = {name: value or str(getattr(application, name, "")) for name, value in answered.items()}
    return found | {"billing_name": found["billing_name"] or found["name"]}


@transaction.atomic
def cancel(
    *,
    registration: Registration,
    by: "User | None",
    reason: str = "",
    message: str = "",
    refund: bool | None = None,
) -> Registration:
    """Cancel a registration. Its place goes to the first in the queue; the deposit is listed for refund or kept.

    The deposit is refunded before the cancellation deadline and kept after it. `refund` overrides that, and then needs
    a reason. `reason` is for colleagues; `message` is added to the email to the person.

    Raise ActionRefused if the registration has ended, or if `refund` overrides the policy without a reason.
    """
    registration = queries.locked(registration)
    usual = gives_deposit_back(registration.program)
    chosen = usual if refund is None else refund
    paid = ledger_queries.paid(registration.account) if registration.account else None
    if chosen != usual and paid and paid.amount > 0 and not reason.strip():
        raise ActionRefused(_("Enter the reason why the deposit is not treated as the policy says."))
    program = places.lock(registration.program)
    move(registration, State.CANCELLED, reason=reason)
    changed = {registration: MOVED, **give_up_place(registration)}
    money = ""
    if registration.account:
        cause = gettext_lazy("The registration was cancelled.")
        money = settle(registration, refund=chosen, by=by, cause=cause, reason=reason, follows_policy=chosen == usual)
    history.record(registration, "forms_ext.registration.cancel", user=by, changed=changed, refund=chosen)
    sending.cancelled(registration, message, money)
    offer_under_lock(program)
    return registration


@transaction.atomic
def renew_member_page(*, registration: Registration, by: "User | None") -> Registration:
    """Give a registration a new private page link and email it. The old link stops working."""
    registration = queries.locked(registration)
    registration.page_counter += 1
    registration.save(update_fields=["page_counter"])
    changed = {registration: ("page_counter",)}
    history.record(registration, "forms_ext.registration.renew_member_page", user=by, changed=changed)
    sending.new_private_page(registration)
    return registration
