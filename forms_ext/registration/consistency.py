"""Consistency checks of `registration` over the whole database."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from ..admission.models import Invitation, Place, QueueEntry
from ..base import consistency
from ..ledger import queries as ledger_queries
from ..ledger.models import Account
from . import holds
from .models import Registration

if TYPE_CHECKING:
    from ..ledger.queries import AccountWithBalances

State = Registration.State


@consistency.check("registration.places")
def registrations_fit_their_places() -> Iterator[str]:
    """Members keep a place, held registrations hold one, those in the queue wait for one, ended ones have none."""
    found = Registration.objects.select_related("invitation__place", "account")
    found = found.annotate(waits=Exists(QueueEntry.objects.waiting().filter(invitation=OuterRef("invitation"))))
    for registration in found.iterator(chunk_size=500):
        place = getattr(registration.invitation, "place", None)
        has = "kept" if place and place.kept_at else "held" if place else "none"
        wanted = {State.MEMBER: "kept", State.HELD: "held"}.get(State(registration.state), "none")
        if has != wanted:
            yield f"{registration}: is {registration.state}, but its place is {has}."
        if registration.waits != (registration.state == State.WAITING):
            where = "" if registration.waits else "not "
            yield f"{registration}: is {registration.state}, but {where}in the queue."


@consistency.check("registration.links")
def links_fit_registrations() -> Iterator[str]:
    """An invitation is used exactly if it has a registration; a place belongs to a registration."""
    for invitation in Invitation.objects.filter(used_at__isnull=False, registration__isnull=True).select_related(
        "application"
    ):
        yield f"{invitation.application}: its invitation link was used, but there is no registration."
    for registration in Registration.objects.filter(invitation__used_at__isnull=True):
        yield f"{registration}: its invitation link was never used."
    for registration in Registration.objects.exclude(invitation__application__state="accepted"):
        yield f"{registration}: its application is not accepted."
    for place in Place.objects.filter(invitation__isnull=False, invitation__registration__isnull=True):
        yield f"Place {place.pk}: is taken without a registration."


@consistency.check("registration.accounts")
def accounts_fit_registrations() -> Iterator[str]:
    """Waiting posts nothing; a place has its fee; a member has paid the deposit; an ended one owes nothing.

    Once a program is over, a member stays one although a payment was taken back; one that has ended may owe what was
    paid back to them and had never come in.
    """
    found = Registration.objects.select_related("account", "program__page")
    for registrations in batched(found.iterator(chunk_size=500), 500):
        accounts = Account.objects.filter(pk__in=[row.account_id for row in registrations if row.account_id])
        figures = {account.pk: account for account in ledger_queries.with_balances(accounts)}
        for registration in registrations:
            yield from _account_differs(registration, figures.get(registration.account_id or 0))


def _account_differs(registration: Registration, account: "AccountWithBalances | None") -> Iterator[str]:
    if account is None:
        if registration.state in (State.HELD, State.MEMBER, State.LAPSED):
            yield f"{registration}: is {registration.state}, but it has no account."
        return
    if registration.state == State.WAITING:
        yield f"{registration}: is in the queue, but has an account."
    paid = ledger_queries.exact(account.paid_total)
    unpaid = registration.deposit_amount > max(paid, Decimal(0))
    if registration.state == State.MEMBER and unpaid and not holds.keeps_place_unpaid(registration.program):
        yield f"{registration}: is a member, but the deposit is not paid."
    given = max(-paid, Decimal(0))
    if registration.state in (State.LAPSED, State.CANCELLED) and ledger_queries.exact(account.owed) > given:
        yield f"{registration}: has ended, but still has an amount due."
