"""A rehearsal of the reference program: what happened to whom, which emails were sent, and all figures."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from demo import people
from demo.loader import pages
from demo.loader.editions import coming
from demo.rehearsal import participants, record, report, running
from demo.rehearsal.record import Record, Visit
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from djmoney.money import Money
from pytest_django import Settings

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.applications.models import Application
from forms_ext.invoices.models import Invoice
from forms_ext.ledger.models import RebateDue
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration.models import Registration

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("rehearsal")]
PARTS = participants.participants(9, ["CA", "AU", "NZ"])


def rehearse(**options: Any) -> str:
    with redirect_stdout(io.StringIO()) as out:
        call_command("cop_rehearse", **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Rehearse in two sittings; every trace is rolled back."""
    folder = tmp_path_factory.mktemp("rehearsal")
    demo = override_settings(
        COP_DEMO=True,
        COP_MAILBOX_DIR=folder / "mailbox",
        COP_CLOCK_FILE=folder / "clock.json",
        DATA_DIR=folder,
        MAILERS={"default": {"BACKEND": "demo.mailbox.MailboxBackend"}},
    )
    with django_db_blocker.unblock(), transaction.atomic(), demo:
        people.create({})
        pages.load(coming(clock.now().date()))
        yield rehearse(stop_at="decisions") + rehearse()
        transaction.set_rollback(True)


@pytest.fixture
def made(said: str) -> Record:
    found = record.load()
    assert found
    return found


@pytest.fixture
def program(made: Record) -> Program:
    return Program.objects.select_related("page").get(pk=made.program)


def at(made: Record, name: str) -> Visit:
    return next(visit for visit in made.visits if visit.name == name)


def places(made: Record, name: str) -> dict[str, int]:
    return dict(at(made, name).figures["places"])


def money(made: Record, name: str) -> dict[str, str]:
    return {label: text.replace("\xa0", " ") for label, text in at(made, name).figures["money"]}


def test_everything_went_as_planned_in_the_order_of_time(made: Record) -> None:
    assert [event.text for event in made.unplanned] == []
    assert [visit.name for visit in made.visits] == made.stages
    moments = [event.at for visit in made.visits for event in visit.events]
    assert len(moments) > 60
    assert moments == sorted(moments)


def test_the_audit_finds_nothing(made: Record, said: str) -> None:
    assert made.audit == []
    assert "checks. Problems found: none." in said


def test_the_copy_is_published_and_the_program_closed(program: Program, made: Record) -> None:
    assert program.page.title == "Nurturing Healthy Culture with Sociocracy (rehearsal)"
    assert program.page.live
    assert program.status == Program.Status.CLOSED
    assert any("2023" in remark for remark in made.remarks)


def test_who_sends_the_form_after_the_deadline_has_not_applied(program: Program, made: Record) -> None:
    emails = set(Application.objects.filter(program=program).values_list("email", flat=True))
    assert emails == {person.email for person in PARTS.applicants}
    (event,) = at(made, "application-deadline").events
    assert "It is refused (409)" in event.text


def test_nine_places_are_held_paid_lost_and_given_to_the_queue(program: Program, made: Record) -> None:
    def standing(name: str) -> tuple[int, ...]:
        return tuple(places(made, name)[label] for label in ("Free", "Held", "Taken", "In the queue"))

    assert places(made, "applications")["Places"] == 9
    assert standing("decisions") == (9, 0, 0, 0)
    assert standing("registrations") == (0, 9, 0, 2)
    assert standing("deposits") == standing("reminder") == (0, 1, 8, 2)
    assert standing("hold-ends") == (0, 0, 9, 1)
    assert standing("cancellation") == standing("end") == (0, 0, 9, 0)
    states = dict(Registration.objects.filter(program=program).values_list("email", "state"))
    assert PARTS.leaves
    expected = {person.email: "member" for person in (*PARTS.holders, *PARTS.queue)}
    assert states == expected | {PARTS.never_pays.email: "lapsed", PARTS.leaves.email: "cancelled"}


def test_fee_deposit_balance_and_rebate_are_those_of_the_program(program: Program, made: Record) -> None:
    assert money(made, "registrations")["Fees"] == "17,973 USD"  # nine times 1,997
    assert money(made, "deposits")["Received"] == "800 USD"
    assert money(made, "confirmation")["Amount due"] == "17,073 USD"  # nine times 1,897
    assert money(made, "overdue")["Overdue"] == "0 USD"
    assert money(made, "end") == {
        "Fees": "17,973 USD",
        "Received": "18,073 USD",  # nine fees, and the deposit of the one who left
        "Amount due": "0 USD",
        "Overdue": "0 USD",
        "Refunds to pay": "0 USD",
        "Rebates to pay": "0 USD",
    }
    papers = Counter(Invoice.objects.filter(account__program=program).values_list("kind", "total"))
    assert papers == {("invoice", 1897): 10, ("credit_note", -1897): 1}
    rebates = RebateDue.objects.filter(account__program=program, paid_row__isnull=False).select_related("account")
    assert {str(one.account.payer_country): one.amount for one in rebates} == {
        code: Money("499.25", "USD") for code in ("CA", "AU", "NZ")
    }
    (lapsed,) = (row for row in at(made, "end").figures["people"] if row["name"] == PARTS.never_pays.name)
    assert (lapsed["fee"], lapsed["paid"], lapsed["balance"]) == ("0\xa0USD", "0\xa0USD", "0\xa0USD")
    one = next(row for row in at(made, "balances").figures["people"] if row["name"] == PARTS.holders[1].name)
    assert (one["fee"], one["paid"], one["balance"]) == ("1,997\xa0USD", "1,048\xa0USD", "949\xa0USD")


def test_each_mail_of_the_journey_went_to_whom_it_concerns_once(program: Program) -> None:
    mails = OutgoingMail.objects.filter(scope=program.scope)
    assert set(mails.values_list("state", flat=True)) == {"sent"}
    sent: dict[str, Counter[str]] = {}
    for kind, recipient in mails.values_list("kind", "recipient"):
        sent.setdefault(kind, Counter())[recipient] += 1

    def once(*persons: participants.Person | None) -> Counter[str]:
        return Counter(person.email for person in persons if person)

    first, second = PARTS.queue
    confirmed = (*PARTS.holders[:-1], first)
    members = (*PARTS.holders[1:-1], first, second)
    receipts = sent.pop("receipt")
    assert sent == {
        "application_received": once(*PARTS.applicants),
        "accepted": once(*PARTS.accepted),
        "waitlisted": once(PARTS.waitlisted),
        "declined": once(PARTS.declined),
        "withdrawn_confirmation": once(PARTS.withdrawn),
        "link_again": once(PARTS.loses_mail),
        "registered_hold": once(*PARTS.holders),
        "registered_waiting": once(*PARTS.queue),
        "place_confirmed": once(*PARTS.holders[:-1], *PARTS.queue),
        "hold_ending": once(PARTS.never_pays),
        "hold_ended": once(PARTS.never_pays),
        "place_offered": once(*PARTS.queue),
        "late_deposit": once(PARTS.never_pays),
        "refund_made": once(PARTS.never_pays),
        "program_confirmed": once(*confirmed),
        "invoice": once(*confirmed, second),
        "credit_note": once(PARTS.leaves),
        "cancelled": once(PARTS.leaves),
        "rebate_paid": once(*PARTS.holders[4:6], PARTS.holders[7]),
        "sessions_changed": once(*members, *members),  # a join link, a recording
    }
    payments = [*members, PARTS.holders[1]]  # balances, one in two parts; a deposit is told of with the place
    assert receipts == Counter(person.email for person in payments)


def test_the_report_shows_each_mail_with_its_papers_and_needs_nothing_else(made: Record, program: Program) -> None:
    page = report.html(made, running.scenario_of(made))
    mails = OutgoingMail.objects.filter(scope=program.scope)
    assert page.count('<details class="cop-email">') == page.count("srcdoc=") == mails.count()
    assert len(re.findall(r'href="data:application/pdf;base64,[^"]+" download="CF-', page)) == 11
    assert re.findall(r"<link|<script|url\((?!data:|\"data:)|src=\"", page) == []
    own = page.replace("&#x27;", "'")
    for link in re.findall(r"/go/invitation/[\w-]+", own):
        assert len(link) > 50  # as the reader got it, not masked
    assert "/go/invitation/" in own
    assert (record.folder() / "report.html").read_text() == page


def test_staff_walk_by_hand_and_act_in_between(client: Client, said: str) -> None:
    address = reverse("demo:rehearsal")
    client.post(address, {"start": "1", "program": Program.objects.order_by("pk")[1].page.slug})
    made = record.load()
    assert made
    assert (made.visits, made.next_stage) == ([], "applications")
    client.post(address, {"at": "decisions"})  # from an outdated page: nothing happens
    client.post(address, {"at": "applications"})
    page = client.get(address).text
    assert "<strong>Next: Application deadline</strong>" in page
    made = record.load()
    assert made
    assert [visit.name for visit in made.visits] == ["applications"]
    assert clock.now().isoformat() > made.visits[0].events[-1].at
    declined = Application.objects.get(program_id=made.program, email=PARTS.holders[0].email)
    admission.decide(application=declined, to_state="declined", by=people.by_role("staff"))
    client.post(address, {"at": "application-deadline"})
    client.post(address, {"at": "decisions"})
    page = client.get(address).text
    assert f"{PARTS.holders[0].name} already has a decision by hand: declined." in page
    assert Counter(Application.objects.filter(program_id=made.program).values_list("state", flat=True)) == {
        "accepted": 11,
        "declined": 2,
        "waitlisted": 1,
        "withdrawn": 1,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"COP_DEMO": False},
        {"COP_CLOCK_FILE": None},
        {"COP_MAILBOX_DIR": None},
        {"MAILERS": {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}},
    ],
)
def test_a_rehearsal_is_refused_anywhere_but_in_a_development_site(
    settings: Settings, tmp_path: Path, change: dict[str, Any]
) -> None:
    settings.COP_DEMO, settings.DATA_DIR = True, tmp_path
    settings.COP_MAILBOX_DIR, settings.COP_CLOCK_FILE = tmp_path / "mailbox", tmp_path / "clock.json"
    settings.MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match="in a development site"):
        rehearse()
    assert list(tmp_path.iterdir()) == []


def test_its_page_is_not_there_without_a_development_site(client: Client, settings: Settings) -> None:
    settings.COP_DEMO = False
    assert client.get(reverse("demo:rehearsal")).status_code == 404
    assert client.get(reverse("demo:rehearsal_report")).status_code == 404


@pytest.mark.parametrize("places", [1, 2, 4, 30])
def test_the_cast_fits_any_number_of_places_and_has_somebody_for_a_rebate(places: int) -> None:
    parts = participants.participants(places, ["BR"])
    everybody = [*parts.applicants, parts.late]
    assert len({person.email for person in everybody}) == len(everybody) == places + 7
    assert any(person.country == "BR" for person in parts.holders)
