"""The start and the end of a hold."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.clock import now
from cop_program.deadlines import Deadline
from cop_program.models import Program
from cop_program.presentation.context import is_over

from ..admission import invitations, places
from ..admission.models import Place, QueueEntry
from ..base import history
from ..base.conf import conf
from ..base.errors import ActionRefused
from ..invoices import actions as invoices
from ..invoices import queries as invoices_queries
from ..ledger import actions as ledger
from ..ledger import queries as ledger_queries
from . import queries
from .emails import sending
from .lifecycle import list_credit, offer_under_lock
from .models import Registration
from .transitions import move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = Registration.State
WORKING_DAYS = 3  # for which a place is held whose deposit was taken back, unless staff set another day


@transaction.atomic
def offer_free_places(program: Program) -> int:
    """Give every free place to the first in the queue as a hold; return how many were given."""
    return offer_under_lock(places.lock(program))


def end_holds() -> int:
    """End every hold whose time is over, each in a transaction of its own; return how many ended."""
    moment = now()
    return sum(_end_hold(place, moment) for place in places.ended(moment))


@transaction.atomic
def _end_hold(place: Place, moment: datetime) -> bool:
    registration = queries.locked(Registration.objects.get(invitation_id=place.invitation_id))
    program = places.lock(registration.program)
    if registration.state != State.HELD or not places.end_hold(place, moment):
        return False
    move(registration, State.LAPSED)
    if registration.account:
        if invoice := invoices_queries.invoice_to_credit(registration.account):
            invoices.issue_credit_note(invoice=invoice, cause=gettext_lazy("The deposit was not received in time."))
        ledger.reverse_fee(account=registration.account, note=_("The hold ended unpaid."))
        list_credit(registration.account, _("Paid in part before the hold ended."))
    history.record(registration, "forms_ext.registration.end_hold")
    sending.hold_ended(registration)
    offer_under_lock(program)
    return True


def remind_holds() -> int:
    """Remind everybody whose hold ends soon, once; return how many were reminded."""
    moment = now()
    soon = Registration.objects.filter(
        state=State.HELD,
        reminded_at__isnull=True,
        invitation__place__held_until__gt=moment,
        invitation__place__held_until__lte=moment + timedelta(days=conf.COP_HOLD_REMIND_DAYS),
    )
    return sum(_remind(pk, moment) for pk in soon.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, moment: datetime) -> bool:
    """Remind one person; the reminder is noted by the same statement that asks whether it was sent already."""
    due = Registration.objects.filter(pk=pk, state=State.HELD, reminded_at__isnull=True)
    if not due.update(reminded_at=moment):
        return False
    registration = Registration.objects.select_related("program__page", "invitation__place", "account").get(pk=pk)
    place = places.place_of(registration.invitation)
    if place is None or place.held_until is None or place.held_until <= moment:
        return False
    sending.hold_ending(registration, place)
    return True


@transaction.atomic
def set_hold_end(
    *, registration: Registration, held_until: datetime, by: "User | None", message: str = ""
) -> Registration:
    """Let a hold end at another time that lies ahead; its holder is told, and reminded before that one.

    `message` is what staff tell the holder beside it. Raise ActionRefused if no place is held, or the time is past.
    """
    registration = queries.locked(registration)
    place = hold_until(registration, held_until, by=by)
    sending.hold_moved(registration, place, message)
    return registration


def hold_until(registration: Registration, held_until: datetime, *, by: "User | None") -> Place:
    """As `set_hold_end`, without its email; the caller has locked `registration`. Return the place."""
    place = places.place_of(registration.invitation)
    _check_end(held_until)
    if registration.state != State.HELD or place is None or not places.extend(place, held_until):
        raise ActionRefused(_("%(reference)s holds no place.") % {"reference": registration.reference})
    _remind_anew(registration)
    history.record(registration, "forms_ext.registration.set_hold_end", user=by, held_until=held_until.isoformat())
    place.held_until = held_until
    return place


def hold_again(registration: Registration, held_until: datetime, *, by: "User | None") -> None:
    """Let a member, whose deposit is no longer paid, hold their place until `held_until`; reminded before that.

    The caller has locked the account and the program. Raise ActionRefused if `held_until` is past.
    """
    place = places.place_of(registration.invitation)
    _check_end(held_until)
    if place is None or not places.hold_again(place, held_until):
        raise ActionRefused(_("%(reference)s holds no place.") % {"reference": registration.reference})
    move(registration, State.HELD)
    _remind_anew(registration)
    history.record(registration, "forms_ext.registration.hold_again", user=by, held_until=held_until.isoformat())


def _check_end(held_until: datetime) -> None:
    if held_until <= now():
        raise ActionRefused(_("The hold must end at a time that lies ahead."))


def _remind_anew(registration: Registration) -> None:
    registration.reminded_at = None
    registration.save(update_fields=["reminded_at"])


def last_day_of_new_hold(program: Program) -> date:
    """Return the working day until whose end a place is held whose deposit was taken back just now."""
    day = ledger_queries.today(program)
    for _day in range(WORKING_DAYS):
        day += timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
    return day


def end_of_new_hold(program: Program) -> datetime:
    """Return the end of `last_day_of_new_hold` where `program` is at home."""
    return Deadline(last_day_of_new_hold(program), program.page.home_zone).closes_at


def keeps_place_unpaid(program: Program) -> bool:
    """Tell whether members stay members even if their deposit is taken back: the program is called off, or over."""
    return program.status not in invitations.OPEN or is_over(program.page)


def offer_everywhere() -> int:
    """Offer free places wherever somebody waits beside one; finds nothing while all else is well. Periodic."""
    waiting = QueueEntry.objects.filter(offered_at__isnull=True, left_at__isnull=True)
    programs = Program.objects.filter(
        pk__in=waiting.values("program"), places__invitation__isnull=True, status__in=invitations.OPEN
    )
    return sum(offer_free_places(program) for program in programs.distinct())
