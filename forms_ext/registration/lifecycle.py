"""Steps that several actions share: start a hold, give up a place, settle an account."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.clock import now
from cop_program.models import Program

from ..admission import invitations, places, queue
from ..admission.models import Place, QueueEntry
from ..base import dates, history
from ..base.conf import conf
from ..base.errors import ActionRefused
from ..base.money import format_money
from ..base.references import reference_to
from ..invoices import actions as invoices
from ..invoices import queries as invoices_queries
from ..invoices.models import Receipt
from ..invoices.snapshots import NotPrintable
from ..ledger import actions as ledger
from ..ledger import queries as ledger_queries
from ..ledger.models import Account
from ..mail import actions as mail
from . import queries, refunds
from .emails import sending
from .emails.payments import place_confirmed
from .models import Registration
from .transitions import MOVED, move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from ..base.row_states import Changed

State = Registration.State


def start_hold(registration: Registration) -> Account:
    """Open the account of a registration that has just got a place and post the fee; without a deposit, make a member.

    Raise ActionRefused as `become_member` does.
    """
    page = registration.program.page
    account = ledger.open_account(
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
    changed = {registration: ("account",)}
    history.record(registration, "forms_ext.registration.open_account", changed=changed, account=account.pk)
    if page.fee.amount > 0:
        ledger.post_fee(account=account, amount=page.fee)
    if registration.deposit_amount <= 0:
        place = places.place_of(registration.invitation)
        assert place is not None
        become_member(registration, place)
        place_confirmed(registration)
    return account


def give_up_place(registration: Registration) -> "Changed":
    """Free the place of a registration, or take it out of the queue; return the columns of the rows that changed.

    The caller must have locked the program.
    """
    withdraw_reminder(registration)
    changed: dict[Model, Iterable[str]] = {}
    if (place := places.place_of(registration.invitation)) and places.free(place):
        changed[place] = places.STATE
    if entry := queue.leave(registration.invitation):
        changed[entry] = ("left_at",)
    return changed


def end_hold(registration: Registration, *, place: Place, cause: str | Promise, reason: str) -> Money:
    """End the hold of `place`, which is free again: reverse the fee, list what was paid; return how much that is.

    `cause` is printed on the credit note, if an invoice was issued; `reason` is why the money is listed. The caller
    must have locked the account and the program, and tells the person. Raise ActionRefused if no place is held any
    more.
    """
    move(registration, State.LAPSED)
    changed = {registration: MOVED, place: places.STATE}
    history.record(registration, "forms_ext.registration.end_hold", changed=changed)
    account = registration.account
    assert account is not None
    if invoice := invoices_queries.invoice_to_credit(account):
        invoices.issue_credit_note(invoice=invoice, cause=cause)
    ledger.reverse_fee(account=account, note=str(cause))
    return list_credit(account, reason)


class Settled(NamedTuple):
    """What became of the money of a registration that ended: in a sentence, and the statement of what was kept."""

    sentence: str
    refund: Decimal
    statement: Receipt | None


NOTHING_TO_SETTLE = Settled("", Decimal(0), None)


def settle(
    registration: Registration,
    *,
    by: "User | None",
    cause: str | Promise,
    reason: str = "",
    refund: Money | None = None,
    everything: bool = False,
) -> Settled:
    """Close the account of a registration that ends: list for refund what the policy gives back, keep the rest.

    `refund` is another amount than the policy's, `everything` gives back all. `cause` is printed on the credit note.
    `reason` is for colleagues, who read `cause` if it is empty. Raise ActionRefused if `refund` is more than was paid,
    below zero, or differs from the policy without a reason.
    """
    account = registration.account
    assert account is not None
    usual = refunds.settlement(registration, now(), everything=everything)
    given = usual.refund if refund is None else refund
    _check_refund(given, usual, reason)
    note = (reason.strip() or str(cause))[:300]
    if invoice := invoices_queries.invoice_to_credit(account):
        invoices.issue_credit_note(invoice=invoice, cause=cause, by=by)
    ledger.reverse_fee(account=account, by=by, note=note)
    kept, statement = usual.held - given, None
    if kept.amount > 0:
        fee = ledger.post_cancellation_fee(account=account, amount=kept, by=by, note=note)
        statement = invoices.issue_fee_statement(fee)
    list_credit(account, note, by=by)
    sentence = sending.money_sentence(
        registration, kept=kept, rebate=usual.rebate, follows_policy=given == usual.refund
    )
    return Settled(sentence, given.amount, statement)


def _check_refund(given: Money, usual: refunds.Settlement, reason: str) -> None:
    if not 0 <= given.amount <= usual.held.amount:
        raise ActionRefused(
            _("Refund between zero and %(held)s, which is what was paid.") % {"held": format_money(usual.held)}
        )
    if given != usual.refund and not reason.strip():
        raise ActionRefused(_("Enter the reason why the refund is not what the policy says."))


def list_credit(account: Account, reason: str, *, by: "User | None" = None) -> Money:
    """List for refund what is in credit and not listed yet; return how much.

    Raise ActionRefused if the ledger refuses the amount.
    """
    amount = max(ledger_queries.credit(account) - ledger_queries.listed(account), Money(0, account.currency))
    if amount.amount > 0:
        ledger.list_refund(account=account, amount=amount, reason=reason, by=by)
    return amount


def _has_begun(program: Program) -> bool:
    page = program.page
    return now().astimezone(ZoneInfo(page.home_zone)).date() >= page.starts_on


def check_not_cancelled(program: Program) -> None:
    """Raise ActionRefused if `program` is cancelled: its registrations are being closed and refunded by themselves."""
    if program.status == Program.Status.CALLED_OFF:
        raise ActionRefused(_("The program is cancelled. Its registrations are closed and refunded automatically."))


def check_end(program: Program, held_until: datetime) -> None:
    """Raise ActionRefused if a hold would have expired already, or would outlive the program."""
    if held_until <= now():
        raise ActionRefused(_("Choose a last day in the future for the hold."))
    last = dates.end_of_program(program)
    if held_until > last:
        raise ActionRefused(
            _("The program ends at %(end)s. Choose a last day of the hold before that.")
            % {"end": dates.hold_until(last, program)}
        )


def can_offer(program: Program) -> bool:
    """Tell whether free places are still offered: the program has not begun and is not cancelled or closed."""
    return program.status in invitations.OPEN and not _has_begun(program)


def offer_under_lock(program: Program, held_until: datetime | None = None) -> int:
    """Give every free place to the first in the queue as a hold; return how many were given.

    The holds end at `held_until`, or COP_OFFER_DAYS working days from now. The caller must have locked `program`. Raise
    ActionRefused if that has passed, and as `become_member` does.
    """
    if held_until is not None:
        check_end(program, held_until)
    usual = dates.working_days_later(now(), dates.hold_zone(program), conf.COP_OFFER_DAYS)
    until = held_until or min(usual, dates.end_of_program(program))
    given = 0
    while can_offer(program) and (entry := queue.first(program)) and _offer(program, entry, until):
        given += 1
    return given


def _offer(program: Program, entry: QueueEntry, until: datetime) -> bool:
    place = places.claim_for_queue(program=program, invitation=entry.invitation, held_until=until)
    if place is None:
        return False
    queue.offered(entry)
    registration = Registration.objects.select_related("program__page", "invitation__application").get(
        invitation=entry.invitation
    )
    move(registration, State.HELD)
    history.record(
        registration,
        "forms_ext.registration.offer_place",
        changed={registration: MOVED, place: places.STATE, entry: ("offered_at",)},
        held_until=until.isoformat(),
    )
    start_hold(registration)
    if registration.state == State.HELD:
        sending.place_offered(registration, place)
    return True


def has_deposit(registration: Registration) -> bool:
    return queries.deposit_left(registration).amount <= 0


def withdraw_reminder(registration: Registration) -> bool:
    """Withdraw a reminder of the deposit that is not sent yet; return whether there was one."""
    return bool(mail.withdraw(kinds=["hold_ending"], about=reference_to(registration)))


def become_member(registration: Registration, place: Place) -> bool:
    """Keep the place for good, and return whether it was still held. In a confirmed program, issue the invoice.

    An invoice that no font on this server can print costs nobody the place: the dashboard tells staff of it. Raise
    ActionRefused if the state does not allow it, or if an invoice is due and there is no issuer.
    """
    if not places.keep(place):
        return False
    withdraw_reminder(registration)
    move(registration, State.MEMBER)
    changed = {registration: MOVED, place: places.STATE}
    history.record(registration, "forms_ext.registration.keep_place", changed=changed)
    status = Program.objects.values_list("status", flat=True).get(pk=registration.program_id)
    if status == Program.Status.CONFIRMED and registration.account:
        with suppress(NotPrintable):
            invoices.issue_invoice(account=registration.account)
    return True
