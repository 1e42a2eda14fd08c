"""Steps that several actions share: start a hold, give up a place, settle an account."""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.functional import Promise
from djmoney.money import Money

from cop_program.clock import now
from cop_program.models import Program

from ..admission import invitations, places, queue
from ..admission.models import Place, QueueEntry
from ..base import dates, history
from ..base.conf import conf
from ..invoices import actions as invoices
from ..invoices import queries as invoices_queries
from ..invoices.snapshots import NotPrintable
from ..ledger import actions as ledger
from ..ledger import queries as ledger_queries
from ..ledger.models import Account
from . import queries
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


def settle(
    registration: Registration,
    *,
    refund: bool,
    by: "User | None",
    cause: str | Promise,
    reason: str = "",
    follows_policy: bool = True,
) -> str:
    """Close the account of a registration that ends; return what happens to the money, in a sentence.

    `cause` is printed on the credit note. `reason` is for colleagues, who read `cause` if it is empty. Raise
    ActionRefused if the ledger refuses an amount.
    """
    account = registration.account
    assert account is not None
    note = (reason.strip() or str(cause))[:300]
    if invoice := invoices_queries.invoice_to_credit(account):
        invoices.issue_credit_note(invoice=invoice, cause=cause, by=by)
    ledger.reverse_fee(account=account, by=by, note=note)
    paid = ledger_queries.paid(account)
    kept = Decimal(0) if refund else min(paid.amount, registration.deposit_amount)
    if kept > 0:
        ledger.post_cancellation_fee(account=account, amount=Money(kept, account.currency), by=by, note=note)
    list_credit(account, note, by=by)
    return sending.money_sentence(registration, kept=Money(kept, account.currency), follows_policy=follows_policy)


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


def can_offer(program: Program) -> bool:
    """Tell whether free places are still offered: the program has not begun and is not cancelled or closed."""
    return program.status in invitations.OPEN and not _has_begun(program)


def offer_under_lock(program: Program) -> int:
    """Give every free place to the first in the queue as a hold; return how many were given.

    The caller must have locked `program`. Raise ActionRefused as `become_member` does.
    """
    given = 0
    while can_offer(program) and (entry := queue.first(program)) and _offer(program, entry):
        given += 1
    return given


def _offer(program: Program, entry: QueueEntry) -> bool:
    until = dates.end_of_day(now(), dates.hold_zone(program), days=conf.COP_OFFER_DAYS)
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


def become_member(registration: Registration, place: Place) -> bool:
    """Keep the place for good, and return whether it was still held. In a confirmed program, issue the invoice.

    An invoice that no font on this server can print costs nobody the place: the dashboard tells staff of it. Raise
    ActionRefused if the state does not allow it, or if an invoice is due and there is no issuer.
    """
    if not places.keep(place):
        return False
    move(registration, State.MEMBER)
    changed = {registration: MOVED, place: places.STATE}
    history.record(registration, "forms_ext.registration.keep_place", changed=changed)
    status = Program.objects.values_list("status", flat=True).get(pk=registration.program_id)
    if status == Program.Status.CONFIRMED and registration.account:
        with suppress(NotPrintable):
            invoices.issue_invoice(account=registration.account)
    return True
