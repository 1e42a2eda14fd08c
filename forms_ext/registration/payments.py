"""What a payment does to a registration; called inside the transaction that records it."""

from typing import Any

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
from . import letters
from .models import Registration
from .states import move

State = Registration.State


def payment_recorded(sender: Any, *, payment: Payment, **kwargs: Any) -> None:
    """Keep the seat once the deposit is there; a late deposit takes a free seat or is listed for refund."""
    registration = (
        Registration.objects.select_related("program__page", "invitation__application", "account")
        .filter(account_id=payment.account_id)
        .first()
    )
    if registration is None:
        return
    program = seats.lock(registration.program)  # the status is read after a confirmation that is just going on
    registration.program = program
    if registration.state == State.HELD and _has_deposit(registration):
        seat = seats.of(registration.invitation)
        if seat is not None:
            become_member(registration, seat)
    elif registration.state == State.LAPSED:
        _late_deposit(registration, program)
    elif registration.state == State.CANCELLED:
        _give_back(registration, _("Paid after the registration had ended."))


def _has_deposit(registration: Registration) -> bool:
    account = registration.account
    assert account is not None
    return ledger.paid(account).amount >= registration.deposit_amount


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
        billing.withdraw_refund(refund=refund)
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
