"""What applicants, members and staff of the demo do, each by the action that the pages call."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from djmoney.money import Money

from cop_program.clock import at, now
from cop_program.models import Program
from demo import people
from forms_ext.admission import actions as admission
from forms_ext.admission.models import Invitation
from forms_ext.applications import actions as applications
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.forms import compiler
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.programs import actions as programs
from forms_ext.registration import actions as registration
from forms_ext.registration import holds
from forms_ext.registration.models import Registration
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions.cleaned import CleanSubmission

from .applicant import Applicant
from .editions import HOME_ZONE


def _application(program: Program, person: Applicant) -> Application:
    return Application.objects.select_related("program__page").get(program=program, email=person.email)


def _registration(program: Program, person: Applicant) -> Registration:
    return Registration.objects.select_related("account").get(program=program, email=person.email)


def _today() -> date:
    return now().astimezone(ZoneInfo(HOME_ZONE)).date()


def answers_of(person: Applicant) -> list[str]:
    """Return the answers of `person` in the order of the questions."""
    course = "Not yet" if person.course == "No" else person.course
    facts = [person.name, person.email, person.organization, person.role, person.size, person.profit, person.stage]
    return [*facts, course, person.country, person.zone, person.hopes]


def apply(form: ApplicationFormPage, person: Applicant, moment: datetime) -> Application:
    """Let `person` apply through `form` at `moment`; where nobody decides, the note is a reviewer's."""
    version = form.current_version()
    if version is None:
        raise LookupError("The application form has no version: publish it first.")
    compiled = compiler.compile(version)
    keys = [question["key"] for question in compiled.questions]
    answers = dict(zip(keys, answers_of(person), strict=True))
    with at(moment):
        submission = CleanSubmission(version, answers, compiled.role_values(answers))
        application = applications.apply(page=form, submission=submission)
        if person.note and person.state == "submitted":
            applications.add_note(application=application, author=people.by_role("reviewer"), text=person.note)
    return application


def decide(program: Program, person: Applicant, to_state: str, reason: str = "") -> None:
    """Let staff decide on the application of `person`."""
    admission.decide(
        application=_application(program, person), to_state=to_state, by=people.by_role("staff"), reason=reason
    )


def register(program: Program, person: Applicant) -> None:
    """Let `person` fill in the registration form with the invitation link."""
    version = RegistrationFormPage.objects.child_of(program.page).get().current_version()
    if version is None:
        raise LookupError("The registration form is not published. Publish it first.")
    compiled = compiler.compile(version)
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
    """Let staff record a payment of `person` today: `amount`, or the amount due."""
    account = _registration(program, person).account
    if account is None:
        raise LookupError(f"{person.name} has no account.")
    billing.record_payment(
        account=account,
        amount=amount or ledger.balance(account),
        received_on=_today(),
        by=people.by_role("staff"),
    )


def set_hold_end(program: Program, person: Applicant, until: datetime) -> None:
    """Let staff change the end of the hold of `person`."""
    holds.set_hold_end(registration=_registration(program, person), held_until=until, by=people.by_role("staff"))


def cancel(program: Program, person: Applicant, reason: str) -> None:
    """Let staff cancel the registration of `person`."""
    registration.cancel(registration=_registration(program, person), by=people.by_role("staff"), reason=reason)


def pay_refunds(program: Program) -> None:
    """Let staff record every listed refund as paid today."""
    for refund in ledger.open_refunds(program):
        billing.record_refund(refund=refund, paid_on=_today(), by=people.by_role("staff"))


def confirm(program: Program) -> None:
    """Let staff confirm the program, and run the background work."""
    program.refresh_from_db()
    programs.work_off(programs.confirm_program(program=program, by=people.by_role("staff")))


def list_rebates(program: Program) -> None:
    """Let staff list the rebates that are due."""
    billing.list_rebates(program=program, by=people.by_role("staff"))


def close(program: Program) -> None:
    """Let staff close the program."""
    programs.close_program(program=program, by=people.by_role("staff"))
