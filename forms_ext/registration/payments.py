"""What a payment or its reversal does to a registration, in the transaction that records it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.clock import now
from cop_program.models import Program

from ..admission import places, queue
from ..admission.invitations import OPEN
from ..invoices import actions as invoices
from ..ledger import actions as ledger
from ..ledger import queries as ledger_queries
from ..ledger.models import AccountRow, Payment
from . import holds
from .emails import sending
from .lifecycle import become_member, has_deposit, list_credit
from .models import Registration

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = Registration.State


def payment_recorded(sender: Any, *, payment: Payment, **kwargs: Any) -> None:
    """Keep the place once the deposit is paid. If the hold has expired, claim a free place or list a refund.

    Raise ActionRefused if an invoice is due and there is no issuer.
    """
    registration = _locked(payment)
    if registration is None:
        return
    program = registration.program
    if registration.state == State.HELD and has_deposit(registration):
        place = places.place_of(registration.invitation)
        if place is not None:
            become_member(registration, place)
    elif registration.state == State.LAPSED:
        _late_deposit(registration, program)
    elif registration.state == State.CANCELLED:
        _give_back(registration, _("Paid after the registration had ended."))


def _locked(payment: Payment) -> Registration | None:
    """Return the registration of the payer with its program as it is after a confirmation that is just going on."""
    found = Registration.objects.select_related("program__page", "invitation__application", "account")
    registration = found.filter(account_id=payment.account_id).first()
    if registration is not None:
        registration.program = places.lock(registration.program)
    return registration


def _late_deposit(registration: Registration, program: Program) -> None:
    """The hold had expired: take a free place that nobody queues for, otherwise list the deposit for refund."""
    if not has_deposit(registration):
        _give_back(registration, _("Partly paid after the hold had expired."))
        return
    place = None
    if program.status in OPEN and queue.first(program) is None:
        place = places.claim(program=program, invitation=registration.invitation, held_until=now())
    if place is None:
        _give_back(registration, _("The deposit arrived after the hold had expired, and no place is free."))
        return
    account = registration.account
    assert account is not None
    for refund in ledger_queries.open_refunds().filter(account=account):
        ledger.withdraw_refund(refund=refund, reason=_("The deposit arrived, and a place was free."))
    fee = AccountRow.objects.filter(account=account, kind="fee").order_by("pk").last()
    if fee is not None:
        ledger.post_fee(account=account, amount=fee.amount)
    become_member(registration, place)


def _give_back(registration: Registration, reason: str) -> None:
    account = registration.account
    assert account is not None
    listed: Money = list_credit(account, reason)
    if listed.amount > 0:
        sending.late_deposit(registration, listed)


def payment_reversed(
    sender: Any, *, payment: Payment, hold_until: datetime | None, by: "User | None", **kwargs: Any
) -> str:
    """Hold the place of a member whose deposit is no longer paid; return what that means for them.

    The hold ends at `hold_until`, or after some working days. Somebody who only has a hold keeps its end unless staff
    set another. Raise ActionRefused if `hold_until` has passed, or if an invoice is due and there is no issuer.
    """
    registration = _locked(payment)
    if registration is None:
        return ""
    state, program = registration.state, registration.program
    if state == State.CANCELLED:
        return _keep_less(registration, by=by)
    if state == State.LAPSED:
        return ""
    unpaid = not has_deposit(registration)
    if state == State.MEMBER and unpaid and not holds.keeps_place_unpaid(program):
        holds.hold_again(registration, hold_until or holds.end_of_new_hold(program), by=by)
    elif state == State.HELD and hold_until is not None:
        holds.hold_until(registration, hold_until, by=by)
    if registration.state == State.HELD:
        return sending.place_held(registration)
    return _bill(registration, unpaid=unpaid)


def _bill(registration: Registration, *, unpaid: bool) -> str:
    """Issue an invoice to a member of a confirmed program who has an amount due; they keep the place."""
    account, status = registration.account, registration.program.status
    assert account is not None
    if status == Program.Status.CALLED_OFF:
        return ""
    if status != Program.Status.OPEN:
        invoices.issue_invoice(account=account)
    return "" if unpaid else sending.place_kept(registration)


def _keep_less(registration: Registration, *, by: "User | None") -> str:
    """Reduce the cancellation fee to what is paid: people who have paid nothing owe nothing for cancelling."""
    account = registration.account
    assert account is not None
    kept = ledger_queries.cancellation_fee(account)
    left = min(kept, max(ledger_queries.paid(account), Money(0, account.currency)))
    if left == kept:
        return ""
    note = _("The payment that covered it was reversed.")
    ledger.reverse_cancellation_fee(account=account, by=by, note=note)
    if left.amount > 0:
        ledger.post_cancellation_fee(account=account, amount=left, by=by, note=note)
    return sending.fee_kept(registration, left)
