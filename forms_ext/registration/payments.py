"""What a payment, or its reversal, does to a registration; called inside the transaction that records it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.clock import now
from cop_program.models import Program

from ..admission import queue, seats
from ..admission.invitations import OPEN
from ..admission.models import Seat
from ..base import history
from ..billing import actions as billing
from ..billing import queries as ledger
from ..billing.models import AccountRow, Payment
from ..billing.signals import Consequence
from . import holds, letters
from .models import Registration
from .states import move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = Registration.State


def payment_recorded(sender: Any, *, payment: Payment, **kwargs: Any) -> None:
    """Keep the seat once the deposit is there; a late deposit takes a free seat or is listed for refund."""
    registration = _locked(payment)
    if registration is None:
        return
    program = registration.program
    if registration.state == State.HELD and _has_deposit(registration):
        seat = seats.of(registration.invitation)
        if seat is not None:
            become_member(registration, seat)
    elif registration.state == State.LAPSED:
        _late_deposit(registration, program)
    elif registration.state == State.CANCELLED:
        _give_back(registration, _("Paid after the registration had ended."))


def _locked(payment: Payment) -> Registration | None:
    """Return the registration of the payer with its program as it is after a confirmation that is just going on."""
    found = Registration.objects.select_related("program__page", "invitation__application", "account")
    registration = found.filter(account_id=payment.account_id).first()
    if registration is not None:
        registration.program = seats.lock(registration.program)
    return registration


def _has_deposit(registration: Registration) -> bool:
    return letters.deposit_left(registration).amount <= 0


def become_member(registration: Registration, seat: Seat) -> None:
    """Keep the seat; in a confirmed program the invoice for the balance goes out at once."""
    if not seats.keep(seat):
        return
    move(registration, State.MEMBER)
    history.record(registration, "forms_ext.registration.keep_seat")
    status = Program.objects.values_list("status", flat=True).get(pk=registration.program_id)
    confirmed = status == Program.Status.CONFIRMED
    if confirmed and registration.account:
        billing.issue_invoice(account=registration.account)
    letters.seat_confirmed(registration, confirmed=confirmed)


def _late_deposit(registration: Registration, program: Program) -> None:
    """The hold had ended: take a seat that is free and nobody waits for, else give the money back."""
    if not _has_deposit(registration):
        _give_back(registration, _("Paid in part after the hold had ended."))
        return
    seat = None
    if program.status in OPEN and queue.first(program) is None:
        seat = seats.claim(program=program, invitation=registration.invitation, held_until=now())
    if seat is None:
        _give_back(registration, _("The deposit came after the hold had ended, and no place is free."))
        return
    account = registration.account
    assert account is not None
    for refund in ledger.open_refunds().filter(account=account):
        billing.withdraw_refund(refund=refund, reason=_("The deposit came in, and a place was free."))
    fee = AccountRow.objects.filter(account=account, kind="fee").order_by("pk").last()
    if fee is not None:
        billing.post_fee(account=account, amount=fee.amount)
    become_member(registration, seat)


def _give_back(registration: Registration, reason: str) -> None:
    from .actions import list_credit

    account = registration.account
    assert account is not None
    listed: Money = list_credit(account, reason)
    if listed.amount > 0:
        letters.late_deposit(registration, listed)


def payment_reversed(
    sender: Any, *, payment: Payment, hold_until: datetime | None, by: "User | None", **kwargs: Any
) -> Consequence | None:
    """Hold the place of a member whose deposit is no longer paid; return what it means for them.

    It is held until `hold_until`, else for some working days; who only held it keeps their own end unless staff set
    another. Raise ActionRefused if `hold_until` is past.
    """
    registration = _locked(payment)
    if registration is None:
        return None
    state, program = registration.state, registration.program
    if state == State.CANCELLED:
        return _keep_less(registration, by=by)
    if state == State.LAPSED:
        return Consequence("", "")
    unpaid = not _has_deposit(registration)
    if state == State.MEMBER and unpaid and not holds.keeps_place_unpaid(program):
        holds.hold_again(registration, hold_until or holds.end_of_new_hold(program), by=by)
    elif state == State.HELD and hold_until is not None:
        holds.hold_until(registration, hold_until, by=by)
    if registration.state == State.HELD:
        return Consequence(letters.place_held(registration), "deposit")
    return _bill(registration, unpaid=unpaid)


def _bill(registration: Registration, *, unpaid: bool) -> Consequence:
    """Let a member of a confirmed program who owes something have an invoice; the place stays theirs."""
    account, status = registration.account, registration.program.status
    assert account is not None
    if status == Program.Status.CALLED_OFF:
        return Consequence("", "")
    if status == Program.Status.OPEN:
        step = "confirmed"
    else:
        step = "balance" if billing.issue_invoice(account=account) else "paid"
    return Consequence("" if unpaid else letters.place_kept(registration), step)


def _keep_less(registration: Registration, *, by: "User | None") -> Consequence:
    """Keep no more than is paid as the cancellation fee: who has paid nothing owes nothing for cancelling."""
    account = registration.account
    assert account is not None
    kept = ledger.cancellation_fee(account)
    left = min(kept, max(ledger.paid(account), Money(0, account.currency)))
    if left == kept:
        return Consequence("", "")
    note = _("The payment that it was kept from was reversed.")
    billing.reverse_cancellation_fee(account=account, by=by, note=note)
    if left.amount > 0:
        billing.post_cancellation_fee(account=account, amount=left, by=by, note=note)
    return Consequence(letters.fee_kept(registration, left), "")
