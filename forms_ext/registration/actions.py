"""What can happen to a registration: each verb one transaction, and the only place that changes its state."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from djmoney.money import Money

from cop_program.clock import now
from cop_program.models import Program

from ..admission import invitations, queue, seats
from ..admission.models import Invitation, Seat
from ..applications.models import Application
from ..base import history, references
from ..base.errors import ActionRefused
from ..billing import actions as billing
from ..billing import queries as ledger
from ..billing.models import Account
from ..forms import files
from . import letters, queries
from .answers import role_values
from .editions import new_edition
from .holds import end_holds, offer_free_seats, offer_under_lock, remind_holds, set_hold_end
from .models import Registration
from .running import call_off_program, close_program, confirm_program, retry_failed
from .states import move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = [
    "call_off_program",
    "cancel",
    "close_program",
    "confirm_program",
    "end_holds",
    "new_edition",
    "offer_free_seats",
    "register",
    "remind_holds",
    "renew_member_page",
    "retry_failed",
    "set_hold_end",
]

State = Registration.State


def _earlier(invitation: Invitation, key: str | None) -> Registration | None:
    """Return what an earlier post of the same form has made: a double click, a retry after a lost answer."""
    if not key:
        return None
    return Registration.objects.filter(invitation=invitation, idempotency_key=key).first()


def _use(invitation: Invitation) -> Program:
    """Use the invitation up while its application is ours, so that nobody decides it meanwhile."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=invitation.application_id)
    if not invitations.use(invitation):
        raise ActionRefused(_("This personal link is not valid any more: it was used, has ended or was replaced."))
    return Program.objects.select_related("page").get(pk=application.program_id)


def _claim_or_queue(program: Program, invitation: Invitation) -> Seat | None:
    """Return a seat held for `invitation`, or None once it stands in the queue."""
    until = queries.hold_end(program, invitation)
    if seat := seats.claim(program=program, invitation=invitation, held_until=until):
        return seat
    seats.lock(program)  # nobody frees a seat from here on until we stand in the queue
    if seat := seats.claim(program=program, invitation=invitation, held_until=until):
        return seat
    queue.join(program=program, invitation=invitation)
    return None


@transaction.atomic
def register(*, invitation: Invitation, submission: Any) -> Registration:
    """Register the holder of `invitation`: a seat held and the fee posted, or a place in the queue.

    `submission` is a `CleanSubmission` of the registration form. The same `idempotency_key` again returns the
    registration that it made.
    """
    if earlier := _earlier(invitation, submission.idempotency_key):
        return earlier
    try:
        program = _use(invitation)
    except ActionRefused:
        if earlier := _earlier(invitation, submission.idempotency_key):  # the same post, at the same moment
            return earlier
        raise
    seat = _claim_or_queue(program, invitation)
    registration = _create(program, invitation, submission, State.HELD if seat else State.WAITING)
    history.record(registration, "forms_ext.registration.register", state=str(registration.state))
    if seat is None:
        letters.registered_waiting(registration)
    else:
        start_hold(registration)
        if registration.state == State.HELD:
            letters.registered_hold(registration, seat)
    return registration


def _create(program: Program, invitation: Invitation, submission: Any, state: str) -> Registration:
    moment, page, application = now(), program.page, invitation.application
    values = role_values(submission)
    registration = Registration.objects.create(
        version=submission.version,
        answers=submission.answers,
        submitted_at=moment,
        language=submission.language or application.language,
        idempotency_key=submission.idempotency_key or None,
        program=program,
        invitation=invitation,
        reference=references.draw(f"M-{moment:%Y}", prefix=f"M-{moment:%Y}-"),
        state=state,
        state_changed_at=moment,
        name=values.get("name") or application.name,
        email=values.get("email") or application.email,
        country=values.get("country") or application.country,
        billing_name=values.get("billing_name") or values.get("name") or application.name,
        billing_address=values.get("billing_address", ""),
        time_zone=values.get("time_zone") or application.time_zone,
        policy=page.cancellation_policy,
        deposit_amount=page.deposit.amount,
    )
    files.claim(registration.answers)
    return registration


def start_hold(registration: Registration) -> Account:
    """Open the account of a registration that has just got a seat and post the fee; no deposit makes a member."""
    page = registration.program.page
    account = billing.open_account(
        program=registration.program,
        payer_name=registration.billing_name,
        payer_email=registration.email,
        payer_address=registration.billing_address,
        payer_country=str(registration.country),
        currency=str(page.fee.currency),
        language=registration.language,
    )
    registration.account = account
    registration.save(update_fields=["account"])
    if page.fee.amount > 0:
        billing.post_fee(account=account, amount=page.fee)
    if registration.deposit_amount <= 0:
        from .payments import become_member

        seat = seats.of(registration.invitation)
        assert seat is not None
        become_member(registration, seat)
    return account


def refund_by_default(program: Program) -> bool:
    """Tell whether a deposit is given back to somebody who cancels now."""
    closes_at = program.page.cancellation_closes_at
    return closes_at is None or now() < closes_at


@transaction.atomic
def cancel(
    *,
    registration: Registration,
    by: "User | None",
    reason: str = "",
    message: str = "",
    refund: bool | None = None,
) -> Registration:
    """Cancel a registration: its seat goes to the first in the queue; the deposit is listed for refund or kept.

    Before the cancellation deadline it is given back, after it kept; `refund` chooses otherwise, with a reason.
    `reason` is for colleagues, `message` for the person, in the mail.
    """
    registration = queries.locked(registration)
    usual = refund_by_default(registration.program)
    chosen = usual if refund is None else refund
    paid = ledger.paid(registration.account) if registration.account else None
    if chosen != usual and paid and paid.amount > 0 and not reason.strip():
        raise ActionRefused(_("Say why the deposit is treated otherwise than the policy says."))
    program = seats.lock(registration.program)
    move(registration, State.CANCELLED, reason=reason)
    give_up_place(registration)
    money = ""
    if registration.account:
        cause = gettext_lazy("The registration was cancelled.")
        money = settle(registration, refund=chosen, by=by, cause=cause, reason=reason)
    history.record(registration, "forms_ext.registration.cancel", user=by, refund=chosen)
    letters.cancelled(registration, message, money)
    offer_under_lock(program)
    return registration


def give_up_place(registration: Registration) -> None:
    """Free the seat of a registration, or let it leave the queue; the caller holds the program's row."""
    if seat := seats.of(registration.invitation):
        seats.free(seat)
    queue.leave(registration.invitation)


def settle(
    registration: Registration, *, refund: bool, by: "User | None", cause: str | Promise, reason: str = ""
) -> str:
    """Close the account of a registration that ends; return what becomes of the money, in a sentence.

    `cause` is ours, and printed on the credit note; `reason` is for colleagues, who read `cause` where it is empty.
    """
    account = registration.account
    assert account is not None
    note = (reason.strip() or str(cause))[:300]
    if invoice := ledger.invoice_to_credit(account):
        billing.issue_credit_note(invoice=invoice, cause=cause, by=by)
    billing.reverse_fee(account=account, by=by, note=note)
    paid = ledger.paid(account)
    kept = Decimal(0) if refund else min(paid.amount, registration.deposit_amount)
    if kept > 0:
        billing.post_cancellation_fee(account=account, amount=Money(kept, account.currency), by=by, note=note)
    listed = list_credit(account, note, by=by)
    return letters.money_sentence(registration, kept=Money(kept, account.currency), listed=listed)


def list_credit(account: Account, reason: str, *, by: "User | None" = None) -> Money:
    """List for refund what was paid and is not owed, less what is listed already; return how much."""
    amount = max(ledger.credit(account) - ledger.listed(account), Money(0, account.currency))
    if amount.amount > 0:
        billing.list_refund(account=account, amount=amount, reason=reason, by=by)
    return amount


@transaction.atomic
def renew_member_page(*, registration: Registration, by: "User | None") -> Registration:
    """Give a registration a new private page; the address of the old one ends. The new one is mailed."""
    registration = queries.locked(registration)
    registration.page_counter += 1
    registration.save(update_fields=["page_counter"])
    history.record(registration, "forms_ext.registration.renew_member_page", user=by)
    letters.new_page(registration)
    return registration
