"""What a payment or its reversal does to a registration, in the transaction that records it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from djmoney.money import Money

from cop_program.clock import now
from cop_program.models import Program
from cop_program.presentation.context import is_over

from ..admission import places, queue
from ..admission.invitations import OPEN
from ..admission.models import Place
from ..invoices import actions as invoices
from ..ledger import actions as ledger
from ..ledger import queries as ledger_queries
from ..ledger.models import Account, AccountRow, Payment
from . import holds
from .emails import sending
from .lifecycle import become_member, end_hold, has_deposit, list_credit, withdraw_reminder
from .models import Registration
from .outcomes import Effect, Outcome

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = Registration.State


def payment_recorded(sender: Any, *, payment: Payment, **kwargs: Any) -> Outcome | None:
    """Do what a payment means for a registration, and return what that was; None if it changes nothing but the account.

    The deposit keeps the place. If the hold has expired, it claims a free one; what cannot give a place, or is more
    than is owed, is listed for refund. Raise ActionRefused if an invoice is due and there is no issuer.
    """
    registration = _locked(payment)
    if registration is None:
        return None
    if registration.state == State.MEMBER:
        list_credit(account_of(registration), _("Overpaid."))
        return None
    if registration.state == State.CANCELLED:
        called_off = registration.program.status == Program.Status.CALLED_OFF
        effect = Effect.CALLED_OFF if called_off else Effect.LEFT
        return _give_back(registration, effect, _("Paid after the registration had ended."))
    return _join(registration)


def _join(registration: Registration) -> Outcome | None:
    """Make a member of somebody who pays the deposit, if there is a place for them; otherwise list the money."""
    program = registration.program
    if is_over(program.page):
        return _give_back(registration, Effect.OVER, _("Paid after the program was over."))
    if program.status not in OPEN:
        return _give_back(registration, Effect.CALLED_OFF, _("Paid after the program was cancelled."))
    if not has_deposit(registration):
        if _is_held(registration):
            if withdraw_reminder(registration):  # it asked for more than is left now
                holds.remind_anew(registration)
            return None
        return _give_back(registration, Effect.TOO_LITTLE, _("Partly paid after the hold had expired."))
    place = _place(registration)
    if place is None or not become_member(registration, place):
        reason = _("The deposit arrived after the hold had expired, and no place is free.")
        return _give_back(registration, Effect.NO_PLACE, reason)
    return Outcome(Effect.JOINED, list_credit(account_of(registration), _("Overpaid.")))


def _is_held(registration: Registration) -> bool:
    """Tell whether a place is held now: the job that ends holds may be a minute late."""
    place = places.place_of(registration.invitation)
    return registration.state == State.HELD and bool(place and place.held_until and place.held_until > now())


def _place(registration: Registration) -> Place | None:
    """Return the place that is held, or claim a free one that nobody queues for and post the fee again."""
    program, account = registration.program, account_of(registration)
    if registration.state == State.HELD:
        return places.place_of(registration.invitation)
    if queue.first(program) is not None:
        return None
    place = places.claim(program=program, invitation=registration.invitation, held_until=now())
    if place is not None:
        for refund in ledger_queries.open_refunds().filter(account=account):
            ledger.withdraw_refund(refund=refund, reason=_("The deposit arrived, and a place was free."))
        fee = AccountRow.objects.filter(account=account, kind="fee").order_by("pk").last()
        if fee is not None:
            ledger.post_fee(account=account, amount=fee.amount)
    return place


def account_of(registration: Registration) -> Account:
    assert registration.account is not None
    return registration.account


def _locked(payment: Payment) -> Registration | None:
    """Return the registration of the payer with its program as it is after a confirmation that is just going on."""
    found = Registration.objects.select_related("program__page", "invitation__application", "account")
    registration = found.filter(account_id=payment.account_id).first()
    if registration is not None:
        registration.program = places.lock(registration.program)
    return registration


def _give_back(registration: Registration, effect: Effect, reason: str) -> Outcome:
    """List what was paid for refund; a hold that may be left ends."""
    place = places.place_of(registration.invitation) if registration.state == State.HELD else None
    if place is not None and places.free(place):
        cause = gettext_lazy("The hold has expired.")
        return Outcome(effect, end_hold(registration, place=place, cause=cause, reason=reason))
    return Outcome(effect, list_credit(account_of(registration), reason))


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
    account = account_of(registration)
    kept = ledger_queries.cancellation_fee(account)
    held = ledger_queries.paid(account) - ledger_queries.rebate_paid(account)
    left = min(kept, max(held, Money(0, account.currency)))
    if left == kept:
        return ""
    note = _("The payment that covered it was reversed.")
    ledger.reverse_cancellation_fee(account=account, by=by, note=note)
    if left.amount > 0:
        invoices.issue_fee_statement(ledger.post_cancellation_fee(account=account, amount=left, by=by, note=note))
    return sending.fee_kept(registration, left)
