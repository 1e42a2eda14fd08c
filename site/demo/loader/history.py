"""What happened to those who applied: each step through the rooms' actions, at the moment when it happened."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from djmoney.money import Money

from cop_program.clock import at, now
from cop_program.models import Program, ProgramPage, SessionPage
from demo import people
from forms_ext.admission import actions as admission
from forms_ext.admission.models import Invitation
from forms_ext.applications.models import Application, ApplicationFormPage
from forms_ext.billing import actions as billing
from forms_ext.billing import queries as ledger
from forms_ext.billing import tasks as invoices
from forms_ext.forms import plan
from forms_ext.forms.submissions import CleanSubmission
from forms_ext.mail import delivery
from forms_ext.registration import actions as registration
from forms_ext.registration import running
from forms_ext.registration.models import Registration, RegistrationFormPage

from . import applying, pages
from .applicant import Applicant
from .cast import APPLICANTS, MEMBERS_2024, OTHERS_2024
from .editions import HOME_ZONE, PAST

State = Application.State
# Days after applying.
DECIDED, REGISTERED, DEPOSITED, WITHDRAWN = 3, 5, 7, 9
# Days from the first meeting, 2024.
CONFIRMED, FIRST_BALANCE, REBATES, RECORDED, CLOSED = -7, -4, 8, 2, 151


@dataclass(frozen=True)
class Step:
    """One thing that somebody did, and when."""

    moment: datetime
    do: Callable[[], Any]


@contextmanager
def quiet() -> Iterator[None]:
    """Leave the mails of old days out of the log; a mail that fails is still a warning."""
    logger = logging.getLogger(delivery.__name__)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def play(steps: Iterable[Step]) -> None:
    """Do `steps` in the order of time; what each sets going (PDFs, mails) is done at the same moment."""
    for step in sorted(steps, key=lambda step: step.moment):
        with at(step.moment):
            step.do()
            settle()


def settle() -> None:
    """Draw the invoices and send the mails that wait, as the worker would; the worker then finds them done."""
    invoices.finish_invoices()
    while delivery.deliver_due():
        pass


def _application(program: Program, person: Applicant) -> Application:
    return Application.objects.select_related("program__page").get(program=program, email=person.email)


def _registration(program: Program, person: Applicant) -> Registration:
    return Registration.objects.select_related("account").get(program=program, email=person.email)


def decide(program: Program, person: Applicant, to_state: str, reason: str = "") -> None:
    """Let staff decide on the application of `person`."""
    admission.decide(
        application=_application(program, person), to_state=to_state, by=people.by_role("staff"), reason=reason
    )


def register(program: Program, person: Applicant) -> None:
    """Let `person` answer the registration form and register with the personal link."""
    version = RegistrationFormPage.objects.child_of(program.page).get().current_version()
    if version is None:
        raise LookupError("The registration form has no version: publish it first.")
    compiled = plan.compile(version)
    facts = {
        "name": person.name,
        "email": person.email,
        "billing_name": person.organization,
        "billing_address": person.address,
        "country": person.country,
        "policy_consent": "on",
    }
    cleaned = compiled.clean({key: facts[role] for role, key in compiled.roles.items() if role in facts})
    if cleaned.errors:
        raise ValueError(f"{person.name} cannot register: {cleaned.errors}")
    invitation = Invitation.objects.get(
        application=_application(program, person), revoked_at__isnull=True, used_at__isnull=True
    )
    submission = CleanSubmission(version, cleaned.answers, compiled.role_values(cleaned.answers))
    registration.register(invitation=invitation, submission=submission)


def pay(program: Program, person: Applicant, amount: Money | None = None) -> None:
    """Let staff record a payment of `person` today: `amount`, or all that is owed."""
    account = _registration(program, person).account
    if account is None:
        raise LookupError(f"{person.name} has no account.")
    billing.record_payment(
        account=account,
        amount=amount or ledger.balance(account),
        received_on=now().astimezone(ZoneInfo(HOME_ZONE)).date(),
        by=people.by_role("staff"),
    )


def confirm(program: Program) -> None:
    """Let staff confirm the program, and do the work that follows."""
    program.refresh_from_db()
    running.work_off(registration.confirm_program(program=program, by=people.by_role("staff")))


def list_rebates(program: Program) -> None:
    """Let staff list the rebates that are due."""
    billing.list_rebates(program=program, by=people.by_role("staff"))


def close(program: Program) -> None:
    """Let staff close the program."""
    registration.close_program(program=program, by=people.by_role("staff"))


def life(program: Program, form: ApplicationFormPage, person: Applicant, applied: datetime) -> Iterator[Step]:
    """Yield what happened to one person from applying to the deposit, as far as their state in the cast says."""

    def step(days: int, do: Callable[..., None], *arguments: Any, hours: int = 0) -> Step:
        return Step(applied + timedelta(days=days, hours=hours), partial(do, program, person, *arguments))

    yield Step(applied, partial(applying.apply, form, person, applied))
    if person.state in ("declined", "waitlisted"):
        yield step(DECIDED, decide, State(person.state), person.note)
    elif person.state == "withdrawn":
        yield step(DECIDED, decide, State.ACCEPTED)
        yield step(WITHDRAWN, decide, State.WITHDRAWN, person.note)
    elif person.state in ("accepted", "held", "member"):
        yield step(DECIDED, decide, State.ACCEPTED)
    if person.state in ("held", "member"):
        yield step(REGISTERED, register, hours=-2)
    if person.state == "member":
        yield step(DEPOSITED, pay, program.page.deposit, hours=1)


def of_2024(page: ProgramPage) -> Iterator[Step]:
    """Yield the edition of 2024 from the first application to its closing."""
    program = Program.objects.select_related("page").get(page=page)
    form = ApplicationFormPage.objects.child_of(page).get()
    for person in MEMBERS_2024 + OTHERS_2024:
        yield from life(program, form, person, PAST.at(person.applied, person.hour))
    yield Step(PAST.at(CONFIRMED), partial(confirm, program))
    for number, person in enumerate(MEMBERS_2024):
        yield Step(PAST.at(FIRST_BALANCE + number, 18, 5 * number), partial(pay, program, person))
    yield Step(PAST.at(REBATES), partial(list_rebates, program))
    for session in SessionPage.objects.child_of(page):
        yield Step(session.ends_at + timedelta(days=RECORDED), partial(pages.add_recording, page, session))
    yield Step(PAST.at(CLOSED), partial(close, program))


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
