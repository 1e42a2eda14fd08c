"""The stages of the journey: when each comes, and what happens there."""

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

from .scenario import Scenario

State = Application.State
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One thing that somebody does, and when; it returns a sentence."""

    moment: datetime
    do: Callable[[], str]


@dataclass(frozen=True)
class Stage:
    """A moment of the journey at which things happen."""

    name: str
    title: str
    when: Callable[[Scenario], datetime]
    steps: Callable[[Scenario], Iterator[Step]]


ALL: dict[str, Stage] = {}


def stage(
    name: str, title: str, when: Callable[[Scenario], datetime]
) -> Callable[..., Callable[[Scenario], Iterator[Step]]]:
    """Add what the decorated function yields as the next stage."""

    def decorate(steps: Callable[[Scenario], Iterator[Step]]) -> Callable[[Scenario], Iterator[Step]]:
        ALL[name] = Stage(name, title, when, steps)
        return steps

    return decorate


def applications_close(scenario: Scenario) -> datetime:
    return _closes(scenario, "application")


def registration_closes(scenario: Scenario) -> datetime:
    return _closes(scenario, "registration")


def _closes(scenario: Scenario, kind: str) -> datetime:
    deadline = scenario.page.deadline(kind)
    assert deadline is not None, "a program that is rehearsed is published, and so has its deadlines"
    return deadline.closes_at


def between_deadlines(scenario: Scenario, share: float) -> datetime:
    """Return the moment at `share` of the time between the deadlines for applying and for registering."""
    start, end = applications_close(scenario), registration_closes(scenario)
    return start + (end - start) * share


def holds_end(scenario: Scenario) -> datetime:
    zone = dates.hold_zone(scenario.program)
    return dates.working_days_later(registration_closes(scenario), zone, conf.COP_HOLD_GRACE_DAYS)


def confirmation(scenario: Scenario) -> datetime:
    return holds_end(scenario) + 2 * DAY + 10 * HOUR


def begins(scenario: Scenario) -> datetime:
    sessions = scenario.sessions
    return sessions[0].starts_at if sessions else Deadline(scenario.page.starts_on, scenario.page.home_zone).closes_at


def first_session_ends(scenario: Scenario) -> datetime:
    sessions = scenario.sessions
    return (sessions[0].ends_at if sessions else begins(scenario)) + DAY


def balances_overdue(scenario: Scenario) -> datetime:
    """Return the day after the last open invoice is due, or will be."""
    zone = scenario.page.home_zone
    invoices = Invoice.objects.filter(account__program=scenario.program, closed_at__isnull=True, due_on__isnull=False)
    if due := invoices.order_by("due_on").values_list("due_on", flat=True).last():
        return Deadline(due, zone).closes_at + 9 * HOUR
    issuer = ledger.issuer_for(scenario.program)
    return (
        Deadline.around(confirmation(scenario), zone, days=issuer.payment_days if issuer else 14).closes_at + 9 * HOUR
    )


def over(scenario: Scenario) -> datetime:
    ends = [session.ends_at for session in scenario.sessions]
    return max([*ends, Deadline(scenario.page.ends_on, scenario.page.home_zone).closes_at]) + DAY


@stage("applications", "Applications arrive", lambda scenario: now() + DAY)
def applications(scenario: Scenario) -> Iterator[Step]:
    people, start, end = scenario.participants.applicants, now(), applications_close(scenario) - 10 * MINUTE
    pause = (end - start) / len(people)
    for number, person in enumerate(people, 1):
        yield Step(start + pause * number, partial(scenario.apply, person))  # the last one ten minutes before the end


@stage("application-deadline", "Application deadline", applications_close)
def application_deadline(scenario: Scenario) -> Iterator[Step]:
    yield Step(applications_close(scenario) + MINUTE, partial(scenario.apply_late, scenario.participants.late))


@stage("decisions", "Decisions", lambda scenario: between_deadlines(scenario, 0.1))
def decisions(scenario: Scenario) -> Iterator[Step]:
    parts, start = scenario.participants, now()
    decided = [
        partial(scenario.withdraw, parts.withdrawn),
        *(partial(scenario.decide, person, State.ACCEPTED) for person in parts.accepted),
        partial(scenario.decide, parts.waitlisted, State.WAITLISTED),
        partial(scenario.decide, parts.declined, State.DECLINED),
    ]
    for number, decide in enumerate(decided):
        yield Step(start + number * 2 * MINUTE, decide)


@stage("registrations", "Registrations", lambda scenario: between_deadlines(scenario, 0.4))
def registrations(scenario: Scenario) -> Iterator[Step]:
    start = now()
    for number, person in enumerate((*scenario.participants.holders, *scenario.participants.queue)):
        yield Step(start + number * 15 * MINUTE, partial(scenario.register, person))
    yield Step(now(), partial(scenario.send_link_again, scenario.participants.loses_mail))


@stage("deposits", "Deposits", lambda scenario: between_deadlines(scenario, 0.8))
def deposits(scenario: Scenario) -> Iterator[Step]:
    start = now()
    for number, person in enumerate(scenario.participants.holders[:-1]):
        yield Step(start + number * MINUTE, partial(scenario.pay_deposit, person))


@stage("registration-deadline", "Registration deadline", registration_closes)
def registration_deadline(scenario: Scenario) -> Iterator[Step]:
    yield Step(registration_closes(scenario) + MINUTE, partial(scenario.follow_late, scenario.participants.loses_mail))


@stage("reminder", "Reminder of a hold", lambda scenario: holds_end(scenario) - conf.COP_HOLD_REMIND_DAYS * DAY)
def reminder(scenario: Scenario) -> Iterator[Step]:
    name = scenario.participants.never_pays.name
    text = f"{name} has not paid the deposit; the periodic work reminds whoever still holds."
    yield Step(now() + MINUTE, partial(scenario.note, text))


@stage("hold-ends", "A hold ends", holds_end)
def hold_ends(scenario: Scenario) -> Iterator[Step]:
    text = f"The hold of {scenario.participants.never_pays.name} ends unpaid; the place goes to the first in the queue."
    yield Step(holds_end(scenario) + MINUTE, partial(scenario.note, text))
    yield Step(now() + DAY, partial(scenario.pay_deposit, scenario.participants.queue[0]))


@stage("late-deposit", "A deposit comes too late", lambda scenario: holds_end(scenario) + DAY + 6 * HOUR)
def late_deposit(scenario: Scenario) -> Iterator[Step]:
    yield Step(now(), partial(scenario.pay_deposit, scenario.participants.never_pays))
    yield Step(now() + HOUR, scenario.pay_refunds)


@stage("confirmation", "The program is confirmed", confirmation)
def confirmed(scenario: Scenario) -> Iterator[Step]:
    yield Step(now(), scenario.confirm)


@stage("cancellation", "A member cancels", lambda scenario: confirmation(scenario) + DAY)
def cancellation(scenario: Scenario) -> Iterator[Step]:
    if scenario.participants.leaves is None:
        return
    yield Step(now(), partial(scenario.cancel, scenario.participants.leaves))
    yield Step(now() + 3 * HOUR, partial(scenario.pay_deposit, scenario.participants.queue[1]))


@stage("balances", "Balances", lambda scenario: confirmation(scenario) + 2 * DAY)
def balances(scenario: Scenario) -> Iterator[Step]:
    parts, start = scenario.participants, now()
    everybody = [person for person in (*parts.holders, *parts.queue) if person not in parts.slow]
    pays = [person for person in everybody if scenario.is_member(person)]
    for number, person in enumerate(pays):
        yield Step(start + number * MINUTE, partial(scenario.pay, person))
    for person in parts.slow[:1]:
        yield Step(now() + MINUTE, partial(scenario.pay_half, person))


@stage("first-session", "The program begins", lambda scenario: begins(scenario) - 3 * HOUR)
def first_session(scenario: Scenario) -> Iterator[Step]:
    if sessions := scenario.sessions:
        yield Step(now(), partial(scenario.change_join_link, sessions[0]))
    yield Step(begins(scenario) + HOUR, scenario.pay_rebates)


@stage("recording", "A recording", first_session_ends)
def recording(scenario: Scenario) -> Iterator[Step]:
    if sessions := scenario.sessions:
        yield Step(now(), partial(scenario.add_recording, sessions[0]))
        yield Step(now() + HOUR, partial(scenario.note, "Members were told of the recording half an hour later."))


@stage("overdue", "Balances are overdue", balances_overdue)
def overdue(scenario: Scenario) -> Iterator[Step]:
    late = ", ".join(account.payer_name for account in queries.overdue(scenario.program))
    yield Step(now(), partial(scenario.note, f"Overdue in the register: {late or 'nobody'}."))
    for person in scenario.participants.slow:
        yield Step(now() + DAY, partial(scenario.pay, person))


@stage("end", "The program is over", over)
def end(scenario: Scenario) -> Iterator[Step]:
    yield Step(now(), scenario.pay_rebates)
    yield Step(now() + HOUR, scenario.close)


ANY_ORDER = ("first-session", "recording", "overdue")  # as the program's own days have it


def in_order(scenario: Scenario) -> list[str]:
    """Return the names of the stages in the order in which the days of the program bring them."""
    names = [name for name in ALL if name not in ANY_ORDER]
    middle = sorted(ANY_ORDER, key=lambda name: ALL[name].when(scenario))
    return [*names[:-1], *middle, names[-1]]
