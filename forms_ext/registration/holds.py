"""Start, move and end holds."""

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
from ..base import dates, history
from ..base.conf import conf
from ..base.errors import ActionRefused
from ..ledger import queries as ledger_queries
from . import queries
from .emails import sending
from .lifecycle import check_end, check_not_cancelled, end_hold, offer_under_lock, withdraw_reminder
from .models import Registration
from .transitions import MOVED, move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = Registration.State
WORKING_DAYS = 3  # for which a place is held whose deposit was taken back, unless staff set another day


@transaction.atomic
def offer_free_places(program: Program, held_until: datetime | None = None) -> int:
    """Give every free place to the first in the queue as a hold; return how many were given.

    The holds end at `held_until`, or after COP_OFFER_DAYS. Raise ActionRefused if that has passed, and as
    `lifecycle.become_member` does.
    """
    return offer_under_lock(places.lock(program), held_until)


def end_holds() -> int:
    """End every hold that has expired, each in its own transaction; return how many were ended."""
    moment = now()
    return sum(_end_hold(place, moment) for place in places.ended(moment))


@transaction.atomic
def _end_hold(place: Place, moment: datetime) -> bool:
    held = Registration.objects.get(invitation_id=place.invitation_id)  # type: ignore[misc]  # a hold has an invitation
    registration = queries.locked(held)
    program = places.lock(registration.program)
    is_cancelled = program.status == Program.Status.CALLED_OFF  # which closes the registration itself
    if is_cancelled or registration.state != State.HELD or not places.end_hold(place, moment):
        return False
    cause = gettext_lazy("The deposit was not received in time.")
    end_hold(registration, place=place, cause=cause, reason=_("Partly paid before the hold expired."))
    sending.hold_ended(registration)
    offer_under_lock(program)
    return True


def remind_holds() -> int:
    """Remind everyone whose hold expires soon, once; return how many were reminded."""
    moment = now()
    soon = Registration.objects.filter(
        state=State.HELD,
        reminded_at__isnull=True,
        program__status__in=invitations.OPEN,
        invitation__place__held_until__gt=moment,
        invitation__place__held_until__lte=moment + timedelta(days=conf.COP_HOLD_REMIND_DAYS),
    )
    return sum(_remind(pk, moment) for pk in soon.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, moment: datetime) -> bool:
    """Remind one person; one statement checks and notes that the reminder was sent."""
    due = Registration.objects.filter(pk=pk, state=State.HELD, reminded_at__isnull=True)
    if not due.update(reminded_at=moment):
        return False
    registration = Registration.objects.select_related("program__page", "invitation__place", "account").get(pk=pk)
    place = places.place_of(registration.invitation)
    if place is None or place.held_until is None or place.held_until <= moment:
        return False
    history.record(registration, "forms_ext.registration.remind")
    sending.hold_ending(registration, place)
    return True


@transaction.atomic
def set_hold_end(
    *, registration: Registration, held_until: datetime, by: "User | None", message: str = ""
) -> Registration:
    """Move the end of a hold; tell its holder, and remind them before the new end.

    `message` is added to the email. Raise ActionRefused if no place is held, `held_until` has passed or is after the
    end of the program, or the program is cancelled.
    """
    registration = queries.locked(registration)
    check_not_cancelled(registration.program)
    place = hold_until(registration, held_until, by=by)
    sending.hold_moved(registration, place, message)
    return registration


def hold_until(registration: Registration, held_until: datetime, *, by: "User | None") -> Place:
    """Move the end of a hold as `set_hold_end` does, without its email; return the place.

    The caller must have locked `registration`. Raise ActionRefused if no place is held, or `held_until` has passed or
    is after the end of the program.
    """
    place = places.place_of(registration.invitation)
    check_end(registration.program, held_until)
    if registration.state != State.HELD or place is None or not places.extend(place, held_until):
        raise ActionRefused(_("%(reference)s has no hold.") % {"reference": registration.reference})
    remind_anew(registration)
    history.record(
        registration,
        "forms_ext.registration.set_hold_end",
        user=by,
        changed={place: ("held_until",)},
        held_until=held_until.isoformat(),
    )
    place.held_until = held_until
    return place


def hold_again(registration: Registration, held_until: datetime, *, by: "User | None") -> None:
    """Hold the place of a member whose deposit is no longer paid until `held_until`; remind them before that.

    The caller must have locked the account and the program. Raise ActionRefused if they have no place, or `held_until`
    has passed.
    """
    place = places.place_of(registration.invitation)
    check_end(registration.program, held_until)
    if place is None or not places.hold_again(place, held_until):
        raise ActionRefused(_("%(reference)s has no hold.") % {"reference": registration.reference})
    move(registration, State.HELD)
    remind_anew(registration)
    history.record(
        registration,
        "forms_ext.registration.hold_again",
        user=by,
        changed={registration: MOVED, place: places.STATE},
        held_until=held_until.isoformat(),
    )


def remind_anew(registration: Registration) -> None:
    """Let a person be reminded of their hold once more; a reminder that is not sent yet is withdrawn."""
    withdraw_reminder(registration)
    registration.reminded_at = None
    registration.save(update_fields=["reminded_at"])


def last_day_of_new_hold(program: Program) -> date:
    """Return the last day of a hold that starts because a deposit has just been reversed.

    It is a working day, or the last day of the program if that comes first.
    """
    return min(dates.working_day_after(ledger_queries.today(program), WORKING_DAYS), program.page.ends_on)


def end_of_new_hold(program: Program) -> datetime:
    """Return the end of `last_day_of_new_hold` in the program's home zone."""
    return Deadline(last_day_of_new_hold(program), dates.hold_zone(program)).closes_at


def keeps_place_unpaid(program: Program) -> bool:
    """Tell whether members stay members if their deposit is reversed: the program is cancelled, closed or over."""
    return program.status not in invitations.OPEN or is_over(program.page)


def offer_everywhere() -> int:
    """Offer free places in every program with a queue. Finds nothing unless an offer was missed. Runs periodically."""
    waiting = QueueEntry.objects.waiting()
    programs = Program.objects.filter(
        pk__in=waiting.values("program"), places__invitation__isnull=True, status__in=invitations.OPEN
    )
    return sum(offer_free_places(program) for program in programs.distinct())
