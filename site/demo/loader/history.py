"""What happened to each applicant: each step through the packages' actions, at the time when it happened."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cop_program.clock import at
from cop_program.models import Program, ProgramPage, SessionPage
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.invoices import tasks as invoices
from forms_ext.mail import delivery
from forms_ext.programs import session_changes
from forms_ext.registration.holds import end_holds, remind_holds

from . import actions, pages
from .applicant import Applicant
from .applicants_2024 import MEMBERS_2024, OTHERS_2024
from .applicants_coming import APPLICANTS
from .editions import PAST

State = Application.State
# Days after applying.
DECIDED, REGISTERED = 3, 5
# Days from the first session, 2024.
REFUNDED, CONFIRMED, FIRST_BALANCE, REBATES, RECORDED, CLOSED = -12, -7, -4, 8, 2, 151
REGISTERS = ("held", "member", "lapsed", "cancelled", "waiting")


@dataclass(frozen=True)
class Step:
    """One thing that a person did, and when."""

    moment: datetime
    do: Callable[[], Any]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep old emails out of the log; an email that fails is still a warning."""
    logger = logging.getLogger(delivery.__name__)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def play(steps: Iterable[Step]) -> None:
    """Perform `steps` in order of time; their background work (PDFs, emails) runs at the same moment."""
    for step in sorted(steps, key=lambda step: step.moment):
        with at(step.moment):
            step.do()
            settle()


def settle() -> None:
    """Render the invoices and send the waiting emails, as the worker would; the worker then finds nothing to do."""
    invoices.finish_invoices()
    while delivery.deliver_due():
        pass


def life(program: Program, form: ApplicationFormPage, person: Applicant, applied: datetime) -> Iterator[Step]:
    """Yield what happened to one person from applying on, as far as their state says."""

    def step(days: int, do: Callable[..., Any], *arguments: Any, hours: int = 0) -> Step:
        return Step(applied + timedelta(days=days, hours=hours), partial(do, program, person, *arguments))

    yield Step(applied, partial(actions.apply, form, person, applied))
    if person.state in ("declined", "waitlisted"):
        yield step(DECIDED, actions.decide, State(person.state), person.note)
    elif person.state != "submitted":
        yield step(DECIDED, actions.decide, State.ACCEPTED)
    if person.state in REGISTERS:
        yield step(REGISTERED, actions.register, hours=-2)
    if person.state in ("member", "cancelled"):
        yield step(person.deposited, actions.pay, program.page.deposit, hours=1)
    end = applied + timedelta(days=person.ended)
    if person.state == "withdrawn":
        yield step(person.ended, actions.decide, State.WITHDRAWN, person.note)
    elif person.state in ("cancelled", "waiting"):
        yield step(person.ended, actions.cancel, person.note)
    elif person.state == "lapsed":
        yield step(REGISTERED + 1, actions.set_hold_end, end - timedelta(hours=1))
        yield Step(end - timedelta(days=1), remind_holds)
        yield Step(end, end_holds)


def of_2024(page: ProgramPage) -> Iterator[Step]:
    """Yield the edition of 2024 from the first application to its closing."""
    program = Program.objects.select_related("page").get(page=page)
    form = ApplicationFormPage.objects.child_of(page).get()
    for person in MEMBERS_2024 + OTHERS_2024:
        yield from life(program, form, person, PAST.at(person.applied, person.hour))
    yield Step(PAST.at(REFUNDED), partial(actions.pay_refunds, program))
    yield Step(PAST.at(CONFIRMED), partial(actions.confirm, program))
    for number, person in enumerate(MEMBERS_2024):
        yield Step(PAST.at(FIRST_BALANCE + number, 18, 5 * number), partial(actions.pay, program, person))
    yield Step(PAST.at(REBATES), partial(actions.list_rebates, program))
    for session in SessionPage.objects.child_of(page):
        recorded = session.ends_at + timedelta(days=RECORDED)
        yield Step(recorded, partial(pages.add_recording, page, session))
        yield Step(recorded + session_changes.QUIET, session_changes.tell_due)
    yield Step(PAST.at(CLOSED), partial(actions.close, program))


def of_coming(page: ProgramPage, today: datetime) -> Iterator[Step]:
    """Yield what has happened by `today` in the edition that is open."""
    program = Program.objects.select_related("page").get(page=page)
    form = ApplicationFormPage.objects.child_of(page).get()
    for number, person in enumerate(APPLICANTS):
        applied = today + timedelta(days=person.applied) - timedelta(minutes=37 * number % 240)
        yield from (step for step in life(program, form, person, applied) if step.moment <= today)


def load(past: ProgramPage, future: ProgramPage, today: datetime) -> None:
    """Play both editions."""
    with quiet():
        play(of_2024(past))
        play(of_coming(future, today))
