"""What can happen to a registration. Each verb is one transaction; nothing else changes its state."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from djmoney.money import Money

from cop_program import refunds
from cop_program.clock import now
from cop_program.models import Program

from ..admission import emails as admission_emails
from ..admission import invitations, places, queue
from ..admission.actions import send_link_again
from ..admission.models import Invitation, Place, QueueEntry
from ..applications import queries as applications_queries
from ..applications.lifecycle import correct
from ..applications.models import Application, Correction
from ..base import history, number_series
from ..base.errors import ActionRefused
from ..base.references import reference_to
from ..base.tasks import start
from ..ledger import actions as ledger
from ..mail import encryption
from ..mail.models import OutgoingMail
from ..submissions import files, guards
from ..submissions.cleaned import CleanSubmission
from . import queries
from .emails import sending
from .lifecycle import (
    NOTHING_TO_SETTLE,
    check_not_cancelled,
    give_up_place,
    offer_under_lock,
    settle,
    start_hold,
)
from .models import Registration
from .transitions import MOVED, move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["cancel", "correct_contact", "register", "renew_member_page", "request_links", "send_links"]

State = Registration.State
LINK_AGAIN = admission_emails.TYPES[admission_emails.LINK]
#: So many links of one address are emailed, and none again within so long.
MOST = 10
ASKED_LATELY = timedelta(minutes=15)


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
    until = queries.hold_end(program, invitation.ends_at)
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
        refund_terms=refunds.freeze(page),
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
    refund: Money | None = None,
    offer_until: datetime | None = None,
) -> Registration:
    """Cancel a registration. Its place goes to the first in the queue; what is given back is listed for refund.

    That is what the policy says to which the person agreed, or `refund`, which needs a reason if it is another amount.
    `reason` is for colleagues; `message` is added to the email to the person. The place is held for
    the first in the queue until `offer_until`, or for COP_OFFER_DAYS.

    Raise ActionRefused if the registration has ended, if the program is cancelled, if `offer_until` has passed, or if
    `refund` is more than was paid, below zero, or another
    amount than the policy's without a reason.
    """
    registration = queries.locked(registration)
    check_not_cancelled(registration.program)
    program = places.lock(registration.program)
    move(registration, State.CANCELLED, reason=reason)
    changed = {registration: MOVED, **give_up_place(registration)}
    settled = NOTHING_TO_SETTLE
    if registration.account:
        cause = gettext_lazy("The registration was cancelled.")
        settled = settle(registration, by=by, cause=cause, reason=reason, refund=refund)
    given = str(settled.refund)
    history.record(registration, "forms_ext.registration.cancel", user=by, changed=changed, refund=given)
    sending.cancelled(registration, message, settled.sentence, settled.statement)
    offer_under_lock(program, offer_until)
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


@transaction.atomic
def correct_contact(
    *, registration: Registration, name: str, email: str, by: "User | None", reason: str = ""
) -> Correction:
    """Correct a mistyped name or email address. Both spellings stay in the history.

    What says the same is corrected with it: the application, the billing name, and the account's email. A new address
    gets a new private page link, and the old link stops working.

    Raise ActionRefused if nothing changes, or the name or address is not valid.
    """
    registration = queries.locked(registration)
    application = applications_queries.locked(registration.invitation.application_id)
    is_payer = registration.billing_name == registration.name
    correction = correct(
        registration,
        name=name,
        email=email,
        by=by,
        reason=reason,
        action="forms_ext.registration.correct",
        billing_name=name.strip() if is_payer else registration.billing_name,
    )
    _correct_application(application, correction, by)
    _correct_payer(registration, correction, by)
    if correction.email_before != correction.email_after:
        renew_member_page(registration=registration, by=by)
    return correction


def _correct_application(application: Application, correction: Correction, by: "User | None") -> None:
    name, email = application.name, application.email
    new_name = correction.name_after if name == correction.name_before else name
    new_email = correction.email_after if email == correction.email_before else email
    if (new_name, new_email) != (name, email):
        action = "forms_ext.applications.correct"
        correct(application, name=new_name, email=new_email, by=by, reason=correction.reason, action=action)


def _correct_payer(registration: Registration, correction: Correction, by: "User | None") -> None:
    account = registration.account
    if account is None:
        return
    if account.payer_name == correction.name_before != correction.name_after:
        ledger.correct_payer(
            account=account,
            payer_name=correction.name_after,
            payer_address=account.payer_address,
            payer_country=str(account.payer_country),
            by=by,
        )
    if account.payer_email == correction.email_before != correction.email_after:
        ledger.correct_payer_email(account=account, email=correction.email_after, by=by)


@transaction.atomic
def request_links(*, email: str, sender: str) -> None:
    """Let a worker email the private links of `email`. Nothing in here depends on whether it has any.

    Above the hourly limit of the address nothing is emailed. Raise `guards.TooMany` if the network `sender` has sent
    too much.
    """
    guards.count_sent(sender)
    if guards.may_mail(email):
        start("forms_ext.registration.tasks.send_links", encryption.lock({"email": email}))


@transaction.atomic
def send_links(*, email: str) -> None:
    """Email to the address `email` each private link that belongs to it.

    A registration gets the link to its private page, which stays the same. An accepted application that nobody has
    registered with gets a new invitation link, or is told why there is none. Whatever was emailed a few minutes ago is
    not emailed again, so that nobody can flood an address or make its links stop working again and again.
    """
    for registration in queries.of_address(email).select_related("program__page", "invitation__application")[:MOST]:
        if not _was_emailed(sending.PRIVATE_PAGE_AGAIN, reference_to(registration)):
            history.record(registration, "forms_ext.registration.private_page_again")
            sending.private_page_again(registration)
    accepted = applications_queries.of_address(email).filter(state=Application.State.ACCEPTED)
    for application in accepted.exclude(invitations__used_at__isnull=False).select_related("program__page")[:MOST]:
        _send_invitation_again(application)


def _send_invitation_again(application: Application) -> None:
    reference = reference_to(application)
    if invitations.live(application):
        if not _was_emailed(LINK_AGAIN, reference):
            send_link_again(application=application, by=None)
    elif not _was_emailed(sending.NO_LINK, reference):
        history.record(application, "forms_ext.registration.no_link")
        sending.no_link(application, application.invitations.order_by("-pk").first())


def _was_emailed(kind: str, about: str) -> bool:
    """Tell whether an email of `kind` about `about` was written a few minutes ago."""
    return OutgoingMail.objects.filter(kind=kind, about=about, created_at__gt=now() - ASKED_LATELY).exists()
