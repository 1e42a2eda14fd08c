"""What the room promises, held against the whole database."""

from collections.abc import Iterator
from decimal import Decimal

from cop_program.models import Program

from ..admission.models import Invitation, Seat
from ..base import audit
from ..billing import queries as ledger
from . import holds, letters
from .models import GoItem, Registration

State = Registration.State


@audit.check("registration.places")
def registrations_fit_their_places() -> Iterator[str]:
    """A member keeps a seat, a held registration holds one, a waiting one waits, an ended one has none."""
    found = Registration.objects.select_related("invitation__seat", "invitation__waiting_list_entry", "account")
    for registration in found.iterator(chunk_size=500):
        seat = getattr(registration.invitation, "seat", None)
        entry = getattr(registration.invitation, "waiting_list_entry", None)
        has = "kept" if seat and seat.kept_at else "held" if seat else "none"
        waits = entry is not None and entry.offered_at is None and entry.left_at is None
        wanted = {State.MEMBER: "kept", State.HELD: "held"}.get(State(registration.state), "none")
        if has != wanted:
            yield f"{registration}: is {registration.state}, but its seat is {has}."
        if waits != (registration.state == State.WAITING):
            yield f"{registration}: is {registration.state}, and {'waits' if waits else 'does not wait'} in the queue."


@audit.check("registration.links")
def links_fit_registrations() -> Iterator[str]:
    """An invitation is used exactly where it has a registration; a seat belongs to a registration."""
    for invitation in Invitation.objects.filter(used_at__isnull=False, registration__isnull=True).select_related(
        "application"
    ):
        yield f"{invitation.application}: its link was used, but there is no registration."
    for registration in Registration.objects.filter(invitation__used_at__isnull=True):
        yield f"{registration}: its link was never used."
    for registration in Registration.objects.exclude(invitation__application__state="accepted"):
        yield f"{registration}: its application is not accepted."
    for seat in Seat.objects.filter(invitation__isnull=False, invitation__registration__isnull=True):
        yield f"Seat {seat.pk}: is taken by nobody who has registered."


@audit.check("registration.accounts")
def accounts_fit_registrations() -> Iterator[str]:
    """Waiting posts nothing; a place has its fee; a member has paid the deposit; an ended one owes nothing.

    Once a program is over, a member stays one although a payment was taken back; one that has ended may owe what was
    paid back to them and had never come in.
    """
    for registration in Registration.objects.select_related("account", "program__page").iterator(chunk_size=500):
        account = registration.account
        if account is None:
            if registration.state in (State.HELD, State.MEMBER, State.LAPSED):
                yield f"{registration}: is {registration.state} and has no account."
            continue
        if registration.state == State.WAITING:
            yield f"{registration}: waits, but has an account."
        unpaid = letters.deposit_left(registration).amount > 0
        if registration.state == State.MEMBER and unpaid and not holds.keeps_place_unpaid(registration.program):
            yield f"{registration}: is a member, but the deposit is not paid."
        given = max(-ledger.paid(account).amount, Decimal(0))
        if registration.state in (State.LAPSED, State.CANCELLED) and ledger.balance(account).amount > given:
            yield f"{registration}: has ended and still owes something."


@audit.check("registration.runs")
def runs_reach_everybody() -> Iterator[str]:
    """Nothing failed; every member of a confirmed program that owes something has an invoice once the run is over."""
    for item in GoItem.objects.filter(state=GoItem.State.FAILED).select_related("run", "registration", "application"):
        yield f"Run {item.run_id}: {item.registration or item.application} failed: {item.error}"
    unfinished = GoItem.objects.filter(state=GoItem.State.TODO).values("run__program")
    members = Registration.objects.filter(
        state=State.MEMBER, program__status=Program.Status.CONFIRMED, account__isnull=False
    ).exclude(program__in=unfinished)
    for registration in members.select_related("account"):
        account = registration.account
        assert account is not None
        if ledger.balance(account).amount > 0 and ledger.open_invoice(account) is None:
            yield f"{registration}: owes something and has no invoice, although the program is confirmed."
