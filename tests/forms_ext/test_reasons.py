"""What staff write for colleagues reaches nobody else; what they write to a person is in the email, as shown before.

For each staff action, the table says which emails are sent, and which of them contain the message to the person.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django import forms
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from djmoney.money import Money
from wagtail.models import Site

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission_actions
from forms_ext.admission.admin.forms import NoteForm
from forms_ext.base.errors import ActionRefused
from forms_ext.base.fields import TextField
from forms_ext.invoices import actions
from forms_ext.invoices.models import Invoice, Receipt
from forms_ext.ledger import actions as billing
from forms_ext.ledger.admin.forms import PaymentForm
from forms_ext.ledger.models import Account
from forms_ext.mail import email_types, rendering
from forms_ext.mail.models import MailTemplate, OutgoingMail
from forms_ext.programs import actions as programs_actions
from forms_ext.programs.admin import forms as admin_forms
from forms_ext.registration import actions as registration_actions
from forms_ext.registration import holds, queries
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import (
    DEPOSIT,
    START,
    accept,
    make_application,
    make_registration,
    open_program,
    pay,
)
from tests.forms_ext.forms.factories import make_application_form, make_registration_form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
INTERNAL = "xyzzy: drinks, says {name}"
TOLD = "plugh <i>dear</i> {link} {name}"
REASON = {"reason": INTERNAL}
PAID = {"paid_on": "2024-01-20", "message": TOLD}
CONTACT = {"name": "Ada Sample", "email": "ada@example.org"}
BOTH = {"reason": INTERNAL, "message": TOLD}


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    with clock.at(START):
        yield


@pytest.fixture
def program(db: None) -> Program:
    """A program on the site, with both forms."""
    program = open_program(30)
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    make_application_form(program.page)
    make_registration_form(program.page)
    return program


@dataclass(frozen=True)
class Case:
    """An action: on whom, at which address, with which answers, and the emails that it sends."""

    name: str
    make: Callable[[Program, int], Any]
    view: str
    data: dict[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    action: str = ""
    """What is done on the page of a person."""
    is_shown: bool = True

    def url(self, row: Any) -> str:
        return reverse(self.view, args=[row.pk])

    def answers(self, row: Any) -> dict[str, str]:
        if not self.action:
            return self.data
        return {f"{self.action}-{name}": text for name, text in self.data.items()} | {"action": self.action}


def member(program: Program, number: int) -> Registration:
    return pay(make_registration(program, number))


def account_of(registration: Registration) -> Account:
    assert registration.account
    return registration.account


def invoiced(program: Program, number: int) -> Registration:
    registration = member(program, number)
    actions.issue_invoice(account=account_of(registration))
    return registration


def overdue(program: Program, number: int) -> Account:
    account = account_of(member(program, number))
    with clock.at(clock.now() - timedelta(days=30)):
        actions.issue_invoice(account=account)
    return account


def accepted(program: Program, number: int) -> Any:
    application = make_application(program, number)
    accept(application)
    return application


def gone(program: Program, number: int) -> Any:
    application = make_application(program, number)
    admission_actions.withdraw(application=application, by=None)
    return application


def unpaid(program: Program, number: int) -> Account:
    return account_of(make_registration(program, number))


def listed(program: Program, number: int) -> Any:
    account = account_of(member(program, number))
    billing.reverse_fee(account=account, note=INTERNAL)
    return billing.list_refund(account=account, amount=DEPOSIT, reason=INTERNAL)


def in_credit(program: Program, number: int) -> Account:
    account = account_of(member(program, number))
    billing.reverse_fee(account=account, note=INTERNAL)
    return account


def rebate(program: Program, number: int) -> Any:
    account = account_of(pay(member(program, number), Money(1897, "USD")))
    return billing.list_rebate(account=account, amount=Money(20, "USD"))


def a_payment(program: Program, number: int) -> Any:
    return account_of(member(program, number)).payments.get()


def the_program(program: Program, number: int) -> Program:
    return program


PERSON = "cop_admission:person"
CASES = [
    Case("note", make_application, PERSON, {"text": INTERNAL}, action="note", is_shown=False),
    Case("accept", make_application, PERSON, BOTH, told=("accepted",), action="accepted"),
    Case("decline", make_application, PERSON, BOTH, told=("declined",), action="declined"),
    Case("waitlist", make_application, PERSON, BOTH, told=("waitlisted",), action="waitlisted"),
    Case("withdraw", make_application, PERSON, BOTH, told=("withdrawn_confirmation",), action="withdrawn"),
    Case("reopen", gone, PERSON, BOTH, told=("application_reopened",), action="submitted"),
    Case("correct an address", accepted, "cop_admission:correct", REASON | CONTACT, others=("link_again",)),
    Case("correct a member's", member, "cop_registration:correct", REASON | CONTACT, others=("member_page",)),
    Case("decline after all", accepted, PERSON, BOTH, told=("declined",), action="declined"),
    Case("revoke the link", accepted, PERSON, REASON, action="revoke"),
    Case("link again", accepted, PERSON, {}, others=("link_again",), action="link"),
    Case("cancel a hold", make_registration, "cop_registration:cancel", BOTH, told=("cancelled",)),
    Case("cancel a member", member, "cop_registration:cancel", BOTH, told=("cancelled",)),
    Case(
        "cancel and keep", invoiced, "cop_registration:cancel", BOTH | {"amount": "0"},
        told=("cancelled",), others=("credit_note",),
    ),
    Case(
        "move a hold", make_registration, "cop_registration:hold", {"last_day": "2024-02-09", "message": TOLD},
        told=("hold_moved",),
    ),
    Case("new address", member, "cop_registration:new_address", others=("member_page",)),
    Case(
        "a payment", unpaid, "cop_billing:pay",
        {"amount": "100", "received_on": "2024-01-20", "method": "check", "note": INTERNAL, "key": "k"},
        others=("place_confirmed",),
    ),
    Case(
        "reverse a payment", a_payment, "cop_registration:reverse_payment", BOTH | {"last_day": "2024-01-26"},
        told=("payment_reversed",),
    ),
    Case("take a refund off the list", listed, "cop_billing:withdraw_refund", REASON, is_shown=False),
    Case("an invoice", lambda *of: account_of(member(*of)), "cop_billing:issue", others=("invoice",)),
    Case("remind", overdue, "cop_billing:remind", {"message": TOLD}, told=("payment_reminder",)),
    Case("list a refund", in_credit, "cop_billing:list_refund", {"amount": "100", **REASON}, is_shown=False),
    Case("pay a refund", listed, "cop_billing:refund", PAID, told=("refund_made",)),
    Case("pay a rebate", rebate, "cop_billing:rebate", PAID, told=("rebate_paid",)),
    Case("confirm", the_program, "cop_programs:confirm", others=("program_confirmed", "invoice")),
    Case(
        "call off", the_program, "cop_programs:cancel", BOTH | {"sure": "on"},
        told=("called_off", "called_off_applicant"), others=("credit_note",),
    ),
]  # fmt: skip


def shown_on(answer: Any) -> dict[str, tuple[str, str]]:
    """Return the emails that a page shows, by kind: subject and text."""
    if "emails" in answer.context:
        return {str(email.kind): (email.subject, email.text) for email in answer.context["emails"] or ()}
    (panel,) = [panel for panel in answer.context["panels"] if panel.is_open]
    return {"": (panel.mail.subject, panel.mail.text)} if panel.mail else {}


def test_what_is_for_colleagues_stays_with_them_and_the_message_is_in_the_email(
    program: Program, admin_client: Client, django_capture_on_commit_callbacks: Callable
) -> None:
    for number, case in enumerate(CASES, 1):
        row = case.make(program, number)
        known = list(OutgoingMail.objects.values_list("pk", flat=True))
        url, data = case.url(row), case.answers(row)
        if case.is_shown:
            with django_capture_on_commit_callbacks() as waiting:
                preview = admin_client.post(url, data | {"preview": "1"})
            assert preview.status_code == 200, case.name
            assert waiting == [], case.name
            shown = shown_on(preview)
        assert not OutgoingMail.objects.exclude(pk__in=known).exists(), f"{case.name}: looking sends nothing"
        with django_capture_on_commit_callbacks(execute=True):
            assert admin_client.post(url, data).status_code == 302, case.name
        sent = list(OutgoingMail.objects.exclude(pk__in=known))
        assert {mail.kind for mail in sent} == {*case.told, *case.others}, case.name
        for mail in sent:
            assert ("plugh" in mail.text) == (mail.kind in case.told), (case.name, mail.kind)
            if mail.kind in case.told:
                assert TOLD in mail.text, case.name
                assert escape(TOLD) in mail.html.replace("&quot;", '"'), case.name
        if case.make is the_program:
            assert set(shown) == {str(email_types.get(kind).label) for kind in (*case.told, *case.others)}, case.name
        elif case.is_shown:
            written = {(mail.subject, rendering.masked(mail.text)) for mail in sent}
            assert set(shown.values()) == written, case.name
    leaks = [where for where, text in everything_outside(program) if "xyzzy" in text]
    assert leaks == []


def everything_outside(program: Program) -> Iterator[tuple[str, str]]:
    """Yield what leaves the house or can be read without being staff."""
    assert django_mail.outbox
    for message in django_mail.outbox:
        yield message.subject, f"{message.subject}{message.body}{message.alternatives}{message.message().as_string()}"
        for name, content, _kind in message.attachments:
            yield name, content if isinstance(content, str) else in_pdf(content)
    for snapshot in (*Invoice.objects.values_list("snapshot"), *Receipt.objects.values_list("snapshot")):
        yield "snapshot", json.dumps(snapshot)
    client = Client()
    page = program.page
    paths = [f"/api/v3/programs/{page.pk}/", "/api/v3/programs/", "/api/v3/pages/", f"/api/v2/pages/{page.pk}/"]
    paths += [f"/cop/calendar/{page.pk}.ics", *(child.url for child in [page, *page.get_children()])]
    paths += [f"/api/v3/forms/{child.pk}/" for child in page.get_children()]
    for registration in Registration.objects.select_related("account"):
        own = queries.member_path(registration)
        paths += [own, f"{own}calendar.ics"]
        if registration.account:
            paths += [f"{own}invoices/{row.pk}/" for row in registration.account.invoices.all()]
            paths += [f"{own}receipts/{row.pk}/" for row in noted(registration.account)]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in {200, 404}, path
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield path, in_pdf(content) if content.startswith(b"%PDF") else content.decode()


def noted(account: Account) -> Any:
    """Return the payments of an account that colleagues have noted something on: drawing each receipt takes long."""
    return account.payments.filter(row__note__contains="xyzzy")


def in_pdf(content: bytes) -> str:
    """Return the text of a PDF, and of what is attached to it."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    attached = [data.decode() for files in reader.attachments.values() for data in files]
    return "".join(page.extract_text() for page in reader.pages) + "".join(attached) + str(reader.metadata)


def test_the_history_says_both(program: Program, admin_client: Client) -> None:
    registration, application = member(program, 1), make_application(program, 2)
    registration_actions.cancel(registration=registration, by=None, reason="Moved away", message="Farewell")
    admin_client.post(
        reverse(PERSON, args=[application.pk]),
        {"action": "declined", "declined-reason": "Too new", "declined-message": "Try again"},
    )
    page = admin_client.get(reverse("cop_registration:registration", args=[registration.pk])).text
    assert "Moved away" in page
    assert "Message to the person: Farewell" in page
    page = admin_client.get(reverse(PERSON, args=[application.pk])).text
    assert "Too new" in page
    assert "Message to the person: Try again" in page
    programs_actions.call_off_program(program=program, by=None, reason="No money", message="We are sorry")
    page = admin_client.get(reverse("cop_programs:run", args=[program.pk])).text
    assert "No money" in page
    assert "We are sorry" in page


def test_a_credit_note_says_why_in_the_language_of_its_payer(program: Program) -> None:
    registration = invoiced(program, 1)
    Account.objects.update(language="de")
    registration_actions.cancel(registration=registration, by=None, reason=INTERNAL, message=TOLD)
    note = Invoice.objects.get(kind="credit_note")
    assert note.snapshot["reason"] == "Die Anmeldung wurde storniert."


#: What staff type of a person, which is no message to anybody.
DETAILS = {"name", "payer_name", "payer_address"}


def test_every_text_of_a_staff_action_says_who_reads_it() -> None:
    def below(cls: type[forms.Form]) -> Iterator[type[forms.Form]]:
        for sub in cls.__subclasses__():
            yield sub
            yield from below(sub)

    names = set()
    for form in below(forms.Form):
        if not form.__module__.endswith(".admin.forms") or form.__module__ == "forms_ext.mail.admin.forms":
            continue
        for name, one in form.base_fields.items():
            is_text = type(one) in {forms.CharField, TextField}
            if not is_text or isinstance(one.widget, forms.HiddenInput) or name in DETAILS:
                continue
            names.add(name)
            assert (name == "message") != str(one.help_text).startswith("For colleagues only"), (form, name)
    assert {"reason", "message", "note", "text"} <= names
    assert {NoteForm, PaymentForm, admin_forms.CancelProgramForm} <= set(below(forms.Form))


CUSTOM = "<p>It is off.</p><p>{reason}</p>"


@pytest.mark.parametrize(
    ("body", "message", "expected"),
    [
        (CUSTOM, "", "It is off."),
        (CUSTOM, "We are ill.", "It is off.\n\nWe are ill."),
        ("<p>{message}</p><p>It is off.</p>", "We are ill.", "We are ill.\n\nIt is off."),
        ("<p>{message}</p><p>It is off.</p>", "", "It is off."),
        ("<p><b>{message}</b><br/> {reason}</p><p>It is off.</p>", "", "It is off."),
        ("<p>It is off.</p>", "We are ill.", "It is off.\n\nWe are ill."),
        ("<p>It is off: {unknown}</p>", "", "It is off:"),
    ],
)
def test_a_stored_text_says_what_people_are_told_and_nothing_else(
    program: Program, body: str, message: str, expected: str
) -> None:
    MailTemplate.objects.create(kind="called_off_applicant", subject="Off: {reason}", body=body)
    application = make_application(program)
    programs_actions.work_off(
        programs_actions.call_off_program(program=program, by=None, reason=INTERNAL, message=message)
    )
    mail = OutgoingMail.objects.get(about=f"application:{application.pk}")
    assert mail.text.split("\n\n-- ")[0] == expected
    assert "<p></p>" not in mail.html
    assert "xyzzy" not in mail.subject + mail.html


def test_an_editor_finds_the_old_field_under_its_new_name(program: Program, admin_client: Client) -> None:
    MailTemplate.objects.create(kind="called_off", subject="Off", body="<p>{reason}</p><p>{link}</p>")
    page = admin_client.get(reverse("forms_ext_mail:template", args=["called_off"])).text
    assert "{message}" in page
    assert "{reason}" not in page


def people(program: Program, numbers: range) -> None:
    for number in numbers:
        make_application(program, number)
        member(program, number + 1000)


@pytest.mark.parametrize("name", ["cancel", "confirm"])
def test_many_recipients_are_shown_as_one_of_each_kind(
    program: Program, admin_client: Client, django_assert_max_num_queries: Any, name: str
) -> None:
    url = reverse(f"cop_programs:{name}", args=[program.pk])
    people(program, range(1, 3))
    with CaptureQueriesContext(connection) as few:
        admin_client.get(url)
    people(program, range(3, 9))
    with django_assert_max_num_queries(len(few)):
        emails = admin_client.get(url).context["emails"]
    members = [email for email in emails if email.audience == "Members"]
    assert {email.recipients for email in members} == {8}
    assert len(members) == (1 if name == "cancel" else 2), "the sessions, and the invoice"
    if name == "cancel":
        (applicants,) = [email for email in emails if email.audience == "Applicants awaiting a decision"]
        assert applicants.recipients == 8
    program.refresh_from_db()
    assert program.status == Program.Status.OPEN


def test_people_who_get_another_mail_are_shown_apart(program: Program, admin_client: Client) -> None:
    member(program, 1)
    invoiced(program, 2)
    make_registration(program, 3)
    german = make_registration(program, 4)
    Registration.objects.filter(pk=german.pk).update(language="de")
    emails = admin_client.get(reverse("cop_programs:cancel", args=[program.pk])).context["emails"]
    assert [(email.audience, email.recipients) for email in emails] == [
        ("Members, English", 1),
        ("Members, English, with an invoice", 1),
        ("Members, English, with an invoice", 1),
        ("People with a hold, English", 1),
        ("People with a hold, German", 1),
    ]
    assert "Fragen?" in emails[-1].text


def test_cancelling_shows_the_mail_to_the_next_in_the_queue(admin_client: Client) -> None:
    program = open_program(1)
    first, second = make_registration(program, 1), make_registration(program, 2)
    emails = admin_client.get(reverse("cop_registration:cancel", args=[first.pk])).context["emails"]
    assert [email.to for email in emails] == [f"{one.name} <{one.email}>" for one in (first, second)]
    second.refresh_from_db()
    assert second.state == Registration.State.WAITING


def test_the_holder_is_told_of_the_new_end(program: Program) -> None:
    registration = make_registration(program)
    with pytest.raises(ActionRefused):
        holds.set_hold_end(registration=registration, held_until=START, by=None, message=TOLD)
    assert not OutgoingMail.objects.filter(kind="hold_moved").exists()
    holds.set_hold_end(registration=registration, held_until=START.replace(day=25), by=None)
    mail = OutgoingMail.objects.get(kind="hold_moved")
    assert "by Thursday 25 January, noon" in mail.subject
    assert "We are now holding your place" in mail.text
