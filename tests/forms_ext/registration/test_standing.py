"""Everybody who asks where a person stands gets the same answer: the person's page and emails, the API, staff."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from djmoney.money import Money
from wagtail.models import APIToken, Site

from cop_program import clock, journey
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.admission.models import Invitation
from forms_ext.api import forms as api_forms
from forms_ext.applications.models import Application
from forms_ext.base import standing as asked
from forms_ext.invoices import actions as invoices
from forms_ext.invoices import tasks
from forms_ext.ledger import actions as ledger
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs
from forms_ext.registration import actions, holds, pages, queries, standing
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import (
    accept,
    make_application,
    make_registration,
    open_program,
    pay,
    submission,
)
from tests.forms_ext.forms.factories import make_registration_form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
REST = Money("1897", "USD")
LINE = re.compile(r"Step \d of 7: [^<\n]+")


def waiting(program: Program) -> Registration:
    for number in range(2, 2 + program.page.capacity):
        make_registration(program, number)
    return make_registration(program)


def offered(program: Program) -> Registration:
    registration = waiting(program)
    first = Registration.objects.exclude(pk=registration.pk).order_by("pk")[0]
    actions.cancel(registration=first, by=None)
    return registration


def with_own_link(program: Program) -> Registration:
    application = make_application(program)
    admission.decide(
        application=application, to_state="accepted", by=None, link_ends_at=datetime(2024, 1, 26, 8, tzinfo=UTC)
    )
    return actions.register(invitation=Invitation.objects.get(application=application), submission=submission())


def held_longer(program: Program) -> Registration:
    registration = make_registration(program)
    holds.set_hold_end(registration=registration, held_until=datetime(2024, 2, 10, 8, tzinfo=UTC), by=None)
    return registration


def member(program: Program) -> Registration:
    return pay(make_registration(program))


def paid_early(program: Program) -> Registration:
    return pay(member(program), REST)


def billed_early(program: Program) -> Registration:
    registration = member(program)
    assert registration.account
    invoices.issue_invoice(account=registration.account)
    tasks.finish_invoices()
    return registration


def held_and_billed(program: Program) -> Registration:
    registration = make_registration(program)
    assert registration.account
    invoices.issue_invoice(account=registration.account)
    tasks.finish_invoices()
    return registration


def confirm(program: Program) -> None:
    programs.work_off(programs.confirm_program(program=program, by=None))
    tasks.finish_invoices()


def billed(program: Program) -> Registration:
    registration = member(program)
    confirm(program)
    return registration


def late(program: Program) -> Registration:
    """Pay the deposit of a program that is confirmed already."""
    registration = make_registration(program)
    confirm(program)
    return pay(registration)


def paid(program: Program) -> Registration:
    return pay(billed(program), REST)


def paid_before(program: Program) -> Registration:
    registration = paid_early(program)
    confirm(program)
    return registration


def closed(program: Program) -> Registration:
    registration = billed(program)
    with clock.at(datetime(2024, 6, 28, tzinfo=UTC)):
        programs.close_program(program=program, by=None)
    return registration


def taken_back(program: Program) -> Registration:
    registration = billed(program)
    assert registration.account
    ledger.reverse_payment(payment=registration.account.payments.get(), reason="Not ours")
    return registration


def lapsed(program: Program) -> Registration:
    registration = make_registration(program)
    with clock.at(datetime(2024, 2, 4, tzinfo=UTC)):
        holds.end_holds()
    return registration


def cancelled(program: Program) -> Registration:
    registration = member(program)
    actions.cancel(registration=registration, by=None)
    return registration


def paid_after_cancelling(program: Program) -> Registration:
    registration = make_registration(program)
    actions.cancel(registration=registration, by=None)
    return pay(registration)


def called_off(program: Program) -> Registration:
    """Call the program off, before anybody is told."""
    registration = make_registration(program)
    programs.start_calling_off(program=program, by=None)
    return registration


HELD = "Step 4 of 7: Deposit, by Friday 2 February"
BALANCE = "Step 6 of 7: Balance, by Saturday 3 February"
QUEUED = "Step 4 of 7: Deposit, once a place is free"
JOINED = "Step 5 of 7: Confirmed, once enough people have joined"
STATES: list[tuple[Callable[[Program], Registration], str, str | None]] = [
    (waiting, QUEUED, "registered_waiting"),
    (offered, "Step 4 of 7: Deposit, by Wednesday 24 January", "place_offered"),
    (make_registration, HELD, "registered_hold"),
    (with_own_link, "Step 4 of 7: Deposit, by Tuesday 30 January", "registered_hold"),
    (held_longer, "Step 4 of 7: Deposit, by Friday 9 February", "hold_moved"),
    (held_and_billed, HELD, "invoice"),
    (member, JOINED, "place_confirmed"),
    (paid_early, JOINED, "receipt"),
    (billed_early, BALANCE, "invoice"),
    (billed, BALANCE, "program_confirmed"),
    (billed, BALANCE, "invoice"),
    (late, BALANCE, "place_confirmed"),
    (paid, "Step 7 of 7: Paid", "receipt"),
    (paid_before, "Step 7 of 7: Paid", "program_confirmed"),
    (closed, BALANCE, None),
    (taken_back, "Step 4 of 7: Deposit, by Wednesday 24 January", "payment_reversed"),
    (lapsed, "", None),
    (cancelled, "", None),
    (paid_after_cancelling, "", "late_deposit"),
    (called_off, "", None),
]


@pytest.fixture
def token(db: None) -> str:
    user = User.objects.create_superuser("boss", "boss@example.org", "x")
    return str(APIToken.create_token(user=user, name="Test")[1])


def shown(html: str) -> str:
    found = LINE.search(html.replace("\xa0", " "))
    return found[0].strip() if found else ""


def strip_dates(html: str) -> list[str]:
    """Return the dates of all steps in the strip of a page."""
    return re.findall(r'class="cop-way__when">([^<]*)', html)


def staffs_lines(registration: Registration) -> list[str]:
    """Return what both pages of the staff say."""
    client = Client()
    client.force_login(User.objects.get(username="boss"))
    pages = [
        reverse("cop_registration:registration", args=[registration.pk]),
        reverse("cop_admission:person", args=[registration.invitation.application_id]),
    ]
    ways = [re.search(r'class="cop-way">([^<]*)', client.get(page).text) for page in pages]
    return [way[1] if way else "" for way in ways]


def in_api(name: str, pk: int, token: str) -> tuple[str | None, str | None, str | None]:
    found = Client().get(f"/api/v3/staff/{name}/", headers={"Authorization": f"Bearer {token}"}).json()["items"]
    item = next(item for item in found if item["id"] == pk)
    return item["step"], item["step_until"], item["waits_for"]


@pytest.mark.parametrize(
    ("make", "expected", "kind"), STATES, ids=[f"{make.__name__}-{kind}" for make, _step, kind in STATES]
)
def test_page_api_emails_and_staff_say_the_same(
    make: Callable[[Program], Registration], expected: str, kind: str | None, token: str
) -> None:
    registration = make(open_program(capacity=2))
    registration = Registration.objects.select_related("program__page").get(pk=registration.pk)
    private_page = Client().get(queries.member_path(registration)).text
    assert shown(private_page) == expected
    assert strip_dates(private_page) == ([expected.split(", ", 1)[1]] if ", " in expected else [])
    assert staffs_lines(registration) == [expected, expected]
    if kind:
        sent = OutgoingMail.objects.filter(kind=kind, recipient__contains="person1@").order_by("-pk")[0]
        assert sent.fields.get("way", "") == expected
        assert shown(sent.text) == expected
    here = standing.of_registration(registration)
    until = here.until.isoformat().replace("+00:00", "Z") if here.until else None
    said = (here.step or None, until, here.waits_for or None)
    assert journey.line(here) == expected
    assert in_api("registrations", registration.pk, token) == said
    assert in_api("applications", registration.invitation.application_id, token) == said
    receipt = api_forms._receipt(pages._receipt(registration))
    assert (receipt["step"], receipt["step_until"], receipt["waits_for"]) == said
    references = {f"registration:{registration.pk}", f"application:{registration.invitation.application_id}"}
    references |= {f"account:{registration.account_id}"} if registration.account_id else set()
    assert {asked.find(reference) for reference in references} == {here}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("submitted", "Step 2 of 7: Decision"),
        ("waitlisted", "Step 2 of 7: Decision"),
        ("accepted", "Step 3 of 7: Register, by Tuesday 30 January"),
        ("declined", ""),
        ("withdrawn", ""),
    ],
)
def test_an_applicant_stands_where_the_decision_says(state: str, expected: str, token: str) -> None:
    application = make_application(open_program())
    if state != "submitted":
        admission.decide(application=application, to_state=state, by=None)
    assert asked.line(f"application:{application.pk}", "en") == expected
    here = asked.find(f"application:{application.pk}")
    assert here is not None
    assert in_api("applications", application.pk, token)[0] == (here.step or None)
    if state == "accepted":
        assert OutgoingMail.objects.get().fields["way"] == expected
        admission.revoke_link(application=application, by=None)
        assert asked.line(f"application:{application.pk}", "en") == "Step 3 of 7: Register"


def test_a_link_with_an_end_of_its_own_sets_the_date(client: Client, token: str) -> None:
    program = open_program()
    Site.objects.filter(is_default_site=True).update(root_page=program.page.get_parent())
    make_registration_form(program.page)
    application = make_application(program)
    end, expected = datetime(2024, 1, 26, 8, tzinfo=UTC), "Step 3 of 7: Register, by Thursday 25 January"
    invitation, link = accept(application)
    invitation.ends_at, invitation.has_own_end = end, True
    invitation.save()
    form = client.get(f"/go/invitation/{link}/", follow=True).text
    assert shown(form) == expected
    assert strip_dates(form) == ["by Thursday 25 January", "by Tuesday 30 January"]  # the hold that registering begins
    assert in_api("applications", application.pk, token) == ("register", "2024-01-26T08:00:00Z", None)
    admission.send_link_again(application=application, by=None, ends_at=end)
    assert OutgoingMail.objects.get(kind="link_again").fields["way"] == expected
    assert asked.line(f"application:{application.pk}", "en") == expected


@pytest.mark.parametrize(
    ("deadline_zone", "reader_zone", "short", "full"),
    [
        ("America/Los_Angeles", "Europe/Berlin", "by Friday 2 February", "Saturday 3 February, 9:00 am"),
        ("America/Los_Angeles", "Pacific/Honolulu", "by Friday 2 February, 10:00 pm", "Friday 2 February, 10:00 pm"),
        ("America/Los_Angeles", "", "by Friday 2 February", ""),
        ("America/Los_Angeles", "Mars/Olympus", "by Friday 2 February", ""),
        ("Europe/Berlin", "America/Los_Angeles", "by Friday 2 February", ""),
    ],
)
def test_a_hold_ends_in_the_time_of_its_holder_and_of_the_home_zone(
    deadline_zone: str, reader_zone: str, short: str, full: str
) -> None:
    registration = make_registration(open_program(registration_deadline_zone=deadline_zone))
    Registration.objects.update(time_zone=reader_zone)
    end = datetime(2024, 2, 3, 8, tzinfo=UTC)  # the end of 2 February in Los Angeles
    registration.refresh_from_db()
    holds.set_hold_end(registration=registration, held_until=end, by=None)
    mail = OutgoingMail.objects.get(kind="hold_moved")
    text = Client().get(queries.member_path(registration)).text.replace("\xa0", " ")
    assert mail.subject.startswith(f"Your deposit is now due {short}: ")
    assert mail.fields["way"] == f"Step 4 of 7: Deposit, {short}"
    assert strip_dates(text) == [short]
    for said in (mail.fields["held_until"], text):
        assert "the end of Friday 2 February 2024, Pacific time" in said
        assert (f"(in your time: {full})" in said) == bool(full)
    staff = Client()
    staff.force_login(User.objects.create_superuser("boss"))
    form = staff.get(reverse("cop_registration:hold", args=[registration.pk])).text
    assert 'value="2024-02-02"' in form
    assert "the end of Friday 2 February 2024, Pacific time" in form


def test_an_acceptance_says_the_end_of_its_link_in_the_applicants_time() -> None:
    application = make_application(open_program(), time_zone="Europe/Berlin")
    admission.decide(application=application, to_state="accepted", by=None)
    assert OutgoingMail.objects.get().fields["link_ends"].endswith("(in your time: Wednesday 31 January, 9:00 am)")


def test_many_people_take_as_many_queries_as_one(django_assert_num_queries: Callable) -> None:
    program = open_program()
    for number in (1, 2, 3):
        make_registration(program, number)
    make_application(program, 4)
    for count in (1, 3):
        rows = list(Registration.objects.select_related(*standing.RELATED).order_by("pk")[:count])
        with django_assert_num_queries(1):
            assert len(standing.of_registrations(rows)) == count
        applications = list(Application.objects.select_related("program__page").order_by("pk")[:count])
        with django_assert_num_queries(3):
            assert len(standing.of_applications(applications)) == count


def test_nobody_knows_a_stranger() -> None:
    assert [asked.find(reference) for reference in ("application:1", "invoice:1", "account:x", "", "account:7")] == [
        None
    ] * 5
    assert asked.line("registration:1", "en") == ""


def test_the_reminder_of_a_hold_says_its_end(db: None) -> None:
    registration = make_registration(open_program())
    with clock.at(datetime(2024, 2, 1, tzinfo=UTC) + timedelta(hours=10)):
        assert holds.remind_holds() == 1
    assert OutgoingMail.objects.get(kind="hold_ending").fields["way"] == HELD
    assert registration.account
