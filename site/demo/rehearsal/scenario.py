"""What the people of a rehearsal and the staff do, through a page or the action behind the staff's button.

Each function returns a sentence for the report.
"""

from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from djmoney.money import Money

from cop_program.clock import at, now
from cop_program.models import Program, ProgramPage, SessionPage
from demo import people
from forms_ext.admission import actions as admission
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base.money import format_money
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.programs import actions
from forms_ext.registration import actions as registration
from forms_ext.registration.models import Registration
from forms_ext.registration.pages import RegistrationFormPage

from .participants import Participants, Person, participants
from .visitor import GONE, SENT, Stuck, Visitor, personal_link

State = Application.State
DECISIONS = {
    State.ACCEPTED: "{staff} accepts {name}.",
    State.DECLINED: "{staff} declines {name}.",
    State.WAITLISTED: "{staff} puts {name} on the waiting list.",
}


class Scenario:
    """One program with the people who take part in its rehearsal."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.participants: Participants = participants(
            program.capacity or 0, [country.code for country in self.page.rebate_countries]
        )

    @cached_property
    def page(self) -> ProgramPage:
        return self.program.page

    @property
    def scope(self) -> str:
        """The scope of the program's emails in the email log."""
        return self.program.scope

    @cached_property
    def application_form(self) -> ApplicationFormPage:
        return ApplicationFormPage.objects.child_of(self.page).get()

    @cached_property
    def registration_form(self) -> RegistrationFormPage:
        return RegistrationFormPage.objects.child_of(self.page).get()

    @property
    def sessions(self) -> list[SessionPage]:
        """The sessions that are not cancelled, by their start."""
        return list(self.page.sessions().filter(is_cancelled=False))

    def application(self, person: Person) -> Application:
        """Return the application of `person` as it is now."""
        found = Application.objects.filter(program=self.program, email=person.email)
        if (application := found.select_related("program__page").first()) is None:
            raise Stuck(f"{person.name} has not applied.")
        return application

    def registered(self, person: Person) -> Registration:
        """Return the registration of `person` as it is now."""
        found = Registration.objects.filter(program=self.program, email=person.email)
        if (registered := found.select_related("account", "program__page").first()) is None:
            raise Stuck(f"{person.name} has not registered.")
        return registered

    def is_member(self, person: Person) -> bool:
        """Tell whether `person` has a place for good."""
        return Registration.objects.filter(program=self.program, email=person.email, state="member").exists()

    def today(self) -> date:
        """Return the current day in the program's home time zone."""
        return now().astimezone(ZoneInfo(self.page.home_zone)).date()

    # Applicants and members

    def apply(self, person: Person) -> str:
        visitor = Visitor(person)
        status = visitor.send(self.application_form, visitor.open(self.application_form))
        if status != SENT:
            raise Stuck(f"{person.name} applies, but the form answered {status}.")
        return f"{person.name} applies: {self.application(person).reference}."

    def apply_late(self, person: Person) -> str:
        """Open the form in time and send it after it has closed."""
        visitor = Visitor(person)
        with at(now() - timedelta(minutes=20)):
            token = visitor.open(self.application_form)
        status = visitor.send(self.application_form, token)
        if status == SENT:
            raise Stuck(f"{person.name} applied after the deadline, and the form accepted it.")
        return f"{person.name} opens the form in time but sends it too late. It is refused ({status})."

    def register(self, person: Person) -> str:
        visitor = Visitor(person)
        if (status := visitor.follow(personal_link(self.scope, person))) != SENT:
            raise Stuck(f"The invitation link of {person.name} answered {status}.")
        status = visitor.send(self.registration_form, visitor.open(self.registration_form))
        if status != SENT:
            raise Stuck(f"{person.name} registers, but the form answered {status}.")
        registered = self.registered(person)
        return f"{person.name} registers: {registered.reference}, {registered.get_state_display().lower()}."

    def follow_late(self, person: Person) -> str:
        status = Visitor(person).follow(personal_link(self.scope, person))
        if status != GONE:
            raise Stuck(f"The link of {person.name} still opens after the deadline ({status}).")
        return f"{person.name} opens the invitation link too late. The page says that it does not work ({status})."

    # Staff

    def decide(self, person: Person, to_state: State) -> str:
        staff, application = people.by_role("staff"), self.application(person)
        if application.state != State.SUBMITTED:
            raise Stuck(f"{person.name} already has a decision by hand: {application.get_state_display().lower()}.")
        admission.decide(application=application, to_state=to_state, by=staff)
        return DECISIONS[to_state].format(staff=staff.first_name, name=person.name)

    def withdraw(self, person: Person) -> str:
        staff = people.by_role("staff")
        admission.withdraw(application=self.application(person), by=staff, reason="Another plan for the spring.")
        return f"{person.name} sends an email, and {staff.first_name} withdraws the application."

    def send_link_again(self, person: Person) -> str:
        staff = people.by_role("staff")
        admission.send_link_again(application=self.application(person), by=staff)
        return f"{person.name} has lost the email, and {staff.first_name} sends a new invitation link."

    def pay(self, person: Person, amount: Money | None = None, what: str = "the balance") -> str:
        """Let staff record a payment of `person`: `amount`, or the amount due."""
        account = self.registered(person).account
        if account is None:
            raise Stuck(f"{person.name} has no account to pay into.")
        amount = amount or ledger.balance(account)
        if amount.amount <= 0:
            return f"{person.name} has nothing to pay."
        billing.record_payment(account=account, amount=amount, received_on=self.today(), by=people.by_role("staff"))
        registered = self.registered(person)
        return f"{person.name} pays {what}, {format_money(amount)}: {registered.get_state_display().lower()}."

    def pay_deposit(self, person: Person) -> str:
        if self.page.deposit.amount <= 0:
            return f"{person.name} has no deposit to pay."
        return self.pay(person, self.page.deposit, "the deposit")

    def pay_half(self, person: Person) -> str:
        account = self.registered(person).account
        if account is None or (half := round(ledger.balance(account).amount / 2)) <= 0:
            return f"{person.name} has nothing to pay."
        return self.pay(person, Money(half, account.currency), "part of the balance")

    def pay_refunds(self) -> str:
        staff, paid = people.by_role("staff"), []
        for refund in ledger.open_refunds(self.program):
            billing.record_refund(refund=refund, paid_on=self.today(), by=staff)
            paid.append(f"{format_money(refund.amount)} to {refund.account.payer_name}")
        return f"{staff.first_name} pays refunds: {', '.join(paid) or 'none'}."

    def pay_rebates(self) -> str:
        staff, paid = people.by_role("staff"), []
        for rebate in ledger.open_rebates(self.program):
            billing.record_rebate_paid(rebate=rebate, paid_on=self.today(), by=staff)
            paid.append(f"{format_money(rebate.amount)} to {rebate.account.payer_name}")
        return f"{staff.first_name} pays rebates: {', '.join(paid) or 'none'}."

    def confirm(self) -> str:
        staff = people.by_role("staff")
        self.program.refresh_from_db()
        run = actions.confirm_program(program=self.program, by=staff)
        progress = actions.work_off(run)
        if progress.failed:
            raise Stuck(f"The program is confirmed, but {progress.failed} of {progress.total} members failed.")
        return f"{staff.first_name} confirms the program. {progress.done} members are told and get their invoices."

    def cancel(self, person: Person) -> str:
        staff = people.by_role("staff")
        registration.cancel(registration=self.registered(person), by=staff, reason="A new post in another city.")
        return f"{person.name} cancels, and {staff.first_name} records it."

    def change_join_link(self, session: SessionPage) -> str:
        editor = people.by_role("editor")
        session.join_link = f"https://meet.example.org/{self.page.slug}-new-room"
        session.save_revision(user=editor).publish(user=editor)
        return f"{editor.first_name} changes the join link of “{session.title}”."

    def add_recording(self, session: SessionPage) -> str:
        editor = people.by_role("editor")
        session.recording_link = f"https://video.example.org/{self.page.slug}/1"
        session.save_revision(user=editor).publish(user=editor)
        return f"{editor.first_name} adds the recording of “{session.title}”."

    def close(self) -> str:
        staff = people.by_role("staff")
        self.program.refresh_from_db()
        actions.close_program(program=self.program, by=staff)
        return f"{staff.first_name} closes the program."

    def note(self, text: str) -> str:
        return text
