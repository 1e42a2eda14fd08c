"""The stations of the journey: when each comes, and what happens there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cop_program.clock import now
from cop_program.deadlines import Deadline
from forms_ext.applications.models import Application
from forms_ext.base import dates
from forms_ext.base.conf import conf
from forms_ext.invoices import queries
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import queries as ledger

from .deeds import Play

State = Application.State
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One deed, and when; it returns a sentence."""

    moment: datetime
    do: Callable[[], str]


@dataclass(frozen=True)
class Station:
    """A moment of the journey at which things happen."""

    name: str
    title: str
    when: Callable[[Play], datetime]
    steps: Callable[[Play], Iterator[Step]]


ALL: dict[str, Station] = {}


def station(name: str, title: str, when: Callable[[Play], datetime]) -> Callable[..., Callable[[Play], Iterator[Step]]]:
    """Add what the decorated function yields as the next station."""

    def decorate(steps: Callable[[Play], Iterator[Step]]) -> Callable[[Play], Iterator[Step]]:
        ALL[name] = Station(name, title, when, steps)
        return steps

    return decorate


def applications_close(play: Play) -> datetime:
    return _closes(play, "application")


def registration_closes(play: Play) -> datetime:
    return _closes(play, "registration")


def _closes(play: Play, kind: str) -> datetime:
    deadline = play.page.deadline(kind)
    assert deadline is not None, "a program that is rehearsed is published, and so has its deadlines"
    return deadline.closes_at


def between_deadlines(play: Play, share: float) -> datetime:
    """Return the moment at `share` of the time between the deadlines for applying and for registering."""
    start, end = applications_close(play), registration_closes(play)
    return start + (end - start) * share


def holds_end(play: Play) -> datetime:
    return dates.end_of_day(registration_closes(play), dates.zone_of(play.program), days=conf.COP_HOLD_GRACE_DAYS)


def confirmation(play: Play) -> datetime:
    return holds_end(play) + 2 * DAY + 10 * HOUR


def begins(play: Play) -> datetime:
    sessions = play.sessions
    return sessions[0].starts_at if sessions else Deadline(play.page.starts_on, play.page.home_zone).closes_at


def first_session_ends(play: Play) -> datetime:
    sessions = play.sessions
    return (sessions[0].ends_at if sessions else begins(play)) + DAY


def balances_overdue(play: Play) -> datetime:
    """Return the day after the last open invoice is due, or will be."""
    zone = play.page.home_zone
    invoices = Invoice.objects.filter(account__program=play.program, closed_at__isnull=True, due_on__isnull=False)
    if due := invoices.order_by("due_on").values_list("due_on", flat=True).last():
        return Deadline(due, zone).closes_at + 9 * HOUR
    issuer = ledger.issuer_for(play.program)
    return dates.end_of_day(confirmation(play), zone, days=issuer.payment_days if issuer else 14) + 9 * HOUR


def over(play: Play) -> datetime:
    ends = [session.ends_at for session in play.sessions]
    return max([*ends, Deadline(play.page.ends_on, play.page.home_zone).closes_at]) + DAY


@station("applications", "Applications arrive", lambda play: now() + DAY)
def applications(play: Play) -> Iterator[Step]:
    people, start, end = play.parts.applicants, now(), applications_close(play) - 10 * MINUTE
    pause = (end - start) / len(people)
    for number, person in enumerate(people, 1):
        yield Step(start + pause * number, partial(play.apply, person))  # the last one ten minutes before the end


@station("application-deadline", "Application deadline", applications_close)
def application_deadline(play: Play) -> Iterator[Step]:
    yield Step(applications_close(play) + MINUTE, partial(play.apply_late, play.parts.late))


@station("decisions", "Decisions", lambda play: between_deadlines(play, 0.1))
def decisions(play: Play) -> Iterator[Step]:
    parts, start = play.parts, now()
    decided = [
        partial(play.withdraw, parts.withdrawn),
        *(partial(play.decide, person, State.ACCEPTED) for person in parts.accepted),
        partial(play.decide, parts.waitlisted, State.WAITLISTED),
        partial(play.decide, parts.declined, State.DECLINED),
    ]
    for number, decide in enumerate(decided):
        yield Step(start + number * 2 * MINUTE, decide)


@station("registrations", "Registrations", lambda play: between_deadlines(play, 0.4))
def registrations(play: Play) -> Iterator[Step]:
    start = now()
    for number, person in enumerate((*play.parts.holders, *play.parts.queue)):
        yield Step(start + number * 15 * MINUTE, partial(play.register, person))
    yield Step(now(), partial(play.send_link_again, play.parts.loses_mail))


@station("deposits", "Deposits", lambda play: between_deadlines(play, 0.8))
def deposits(play: Play) -> Iterator[Step]:
    start = now()
    for number, person in enumerate(play.parts.holders[:-1]):
        yield Step(start + number * MINUTE, partial(play.pay_deposit, person))


@station("registration-deadline", "Registration deadline", registration_closes)
def registration_deadline(play: Play) -> Iterator[Step]:
    yield Step(registration_closes(play) + MINUTE, partial(play.follow_late, play.parts.loses_mail))


@station("reminder", "Reminder to pay the deposit", lambda play: holds_end(play) - conf.COP_HOLD_REMIND_DAYS * DAY)
def reminder(play: Play) -> Iterator[Step]:
    text = f"{play.parts.never_pays.name} has not paid the deposit. The scheduler reminds people with a hold."
    yield Step(now() + MINUTE, partial(play.note, text))


@station("hold-ends", "A hold expires", holds_end)
def hold_ends(play: Play) -> Iterator[Step]:
    text = f"The hold of {play.parts.never_pays.name} expires. The place goes to the first person in the queue."
    yield Step(holds_end(play) + MINUTE, partial(play.note, text))
    yield Step(now() + DAY, partial(play.pay_deposit, play.parts.queue[0]))


@station("late-deposit", "A deposit arrives late", lambda play: holds_end(play) + DAY + 6 * HOUR)
def late_deposit(play: Play) -> Iterator[Step]:
    yield Step(now(), partial(play.pay_deposit, play.parts.never_pays))
    yield Step(now() + HOUR, play.pay_refunds)


@station("confirmation", "The program is confirmed", confirmation)
def confirmed(play: Play) -> Iterator[Step]:
    yield Step(now(), play.confirm)


@station("cancellation", "A member cancels", lambda play: confirmation(play) + DAY)
def cancellation(play: Play) -> Iterator[Step]:
    if play.parts.leaves is None:
        return
    yield Step(now(), partial(play.cancel, play.parts.leaves))
    yield Step(now() + 3 * HOUR, partial(play.pay_deposit, play.parts.queue[1]))


@station("balances", "Balances", lambda play: confirmation(play) + 2 * DAY)
def balances(play: Play) -> Iterator[Step]:
    parts, start = play.parts, now()
    everybody = [person for person in (*parts.holders, *parts.queue) if person not in parts.slow]
    pays = [person for person in everybody if play.is_member(person)]
    for number, person in enumerate(pays):
        yield Step(start + number * MINUTE, partial(play.pay, person))
    for person in parts.slow[:1]:
        yield Step(now() + MINUTE, partial(play.pay_half, person))


@station("first-session", "The program begins", lambda play: begins(play) - 3 * HOUR)
def first_session(play: Play) -> Iterator[Step]:
    if sessions := play.sessions:
        yield Step(now(), partial(play.change_join_link, sessions[0]))
    yield Step(begins(play) + HOUR, play.pay_rebates)


@station("recording", "A recording", first_session_ends)
def recording(play: Play) -> Iterator[Step]:
    if sessions := play.sessions:
        yield Step(now(), partial(play.add_recording, sessions[0]))


@station("overdue", "Balances are overdue", balances_overdue)
def overdue(play: Play) -> Iterator[Step]:
    late = ", ".join(account.payer_name for account in queries.overdue(play.program))
    yield Step(now(), partial(play.note, f"Overdue: {late or 'no one'}."))
    for person in play.parts.slow:
        yield Step(now() + DAY, partial(play.pay, person))


@station("end", "The program is over", over)
def end(play: Play) -> Iterator[Step]:
    yield Step(now(), play.pay_rebates)
    yield Step(now() + HOUR, play.close)


ANY_ORDER = ("first-session", "recording", "overdue")  # as the program's own days have it


def in_order(play: Play) -> list[str]:
    """Return the names of the stations in the order in which the days of the program bring them."""
    names = [name for name in ALL if name not in ANY_ORDER]
    middle = sorted(ANY_ORDER, key=lambda name: ALL[name].when(play))
    return [*names[:-1], *middle, names[-1]]
