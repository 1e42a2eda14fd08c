"""The dashboard of a program, registrations, confirming and cancelling."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import places
from forms_ext.admission.models import Invitation, Place
from forms_ext.ledger import actions, queries
from forms_ext.mail.models import MailTemplate
from forms_ext.programs.models import BatchItem, BatchRun
from forms_ext.registration.models import Registration
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.ledger.factories import DEPOSIT, FEE, make_account, make_issuer

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
NOW = datetime(2024, 2, 1, 17, tzinfo=UTC)
State = Registration.State


@pytest.fixture(autouse=True)
def february() -> Iterator[None]:
    """Set the clock to a day on which people register."""
    with clock.at(NOW):
        yield


@pytest.fixture
def register(program: Program, make_application: Callable) -> Callable[..., Registration]:
    """Create a registration with a place held, as after registering."""
    make_issuer()
    places.set_capacity(program=program, capacity=9)

    def make(name: str = "Ada Sample", until: datetime = NOW + timedelta(days=5), **fields: Any) -> Registration:
        application = make_application(name=name, state="accepted")
        number = application.pk
        invitation = Invitation.objects.create(
            application=application, token_sha256=f"{number:064}", created_at=NOW, ends_at=NOW, used_at=NOW
        )
        place = Place.objects.filter(program=program, invitation=None).first()
        place.invitation, place.held_until = invitation, until
        place.save()
        account = make_account(program, payer_name=name)
        actions.post_fee(account=account, amount=FEE)
        values = {
            "program": program,
            "invitation": invitation,
            "account": account,
            "version": application.version,
            "reference": f"M-2024-{number:04}",
            "state": State.HELD,
            "state_changed_at": NOW,
            "submitted_at": NOW,
            "name": name,
            "email": application.email,
            "country": "US",
            "billing_name": name,
            "billing_address": "1 First Street",
            "deposit_amount": DEPOSIT.amount,
        } | fields
        return Registration.objects.create(**values)

    return make


def home(program: Program) -> str:
    return reverse("cop_programs:program", args=[program.pk])


def test_the_home_says_what_needs_a_hand_in_order(
    staff: Client, program: Program, register: Callable, make_application: Callable
) -> None:
    register("Soon", until=NOW + timedelta(hours=20))
    register("Later")
    make_application()
    account = register("Third").account
    actions.record_payment(account=account, amount=Money(2007, "USD"), received_on=NOW.date(), send_receipt=False)
    page = text(staff.get(home(program)))
    wanted = ["1 unpaid hold expires within two days", "1 application awaiting a decision", "1 refund to pay"]
    places = [page.index(words) for words in wanted]
    assert places == sorted(places)
    assert f"/admin/cop/applications/?program={program.pk}&amp;state=submitted" in page
    assert "Minimum to confirm: 6 members" in page
    assert "Soon" in page


@pytest.mark.parametrize("of_all", [True, False])
def test_the_home_tells_of_a_mail_text_that_is_not_used(staff: Client, program: Program, of_all: bool) -> None:
    scope = "" if of_all else program.scope
    text_of = MailTemplate.objects.create(
        kind="accepted", scope=scope, language="de", subject="Komm", body="<p>https://evil.example/?t={link}</p>"
    )
    (task,) = staff.get(home(program)).context["tasks"]
    assert task.text == "1 email text is not used"
    assert "Not used: fix the link" in text(staff.get(task.url))
    MailTemplate.objects.filter(pk=text_of.pk).update(scope="program:0")
    assert staff.get(home(program)).context["tasks"] == []


def test_every_figure_leads_to_a_list_that_shows_it(staff: Client, program: Program, register: Callable) -> None:
    register()
    page = staff.get(home(program))
    links = [*page.context["places"], *page.context["money"], *page.context["tasks"]]
    assert len(links) >= 9
    for link in links:
        if link.url:
            assert staff.get(link.url).status_code == 200, link
    held = next(figure for figure in page.context["places"] if "state=held" in figure.url)
    assert held.value == "1"
    assert "Ada Sample" in text(staff.get(held.url))


def test_the_home_asks_a_bounded_number_of_queries(staff: Client, program: Program, register: Callable) -> None:
    register()
    staff.get(home(program))
    with CaptureQueriesContext(connection) as one:
        staff.get(home(program))
    register("Bo")
    register("Cy")
    with CaptureQueriesContext(connection) as three:
        staff.get(home(program))
    assert len(three) == len(one)


@pytest.mark.parametrize("address", ["/admin/cop/registrations/", "/admin/cop/programs/"])
def test_lists_do_not_ask_more_with_more_rows(staff: Client, register: Callable, address: str) -> None:
    register()
    staff.get(address)
    with CaptureQueriesContext(connection) as one:
        staff.get(address)
    register("Bo")
    register("Cy")
    with CaptureQueriesContext(connection) as three:
        staff.get(address)
    assert len(three) == len(one)


def test_the_deposit_is_recorded_from_the_register(staff: Client, register: Callable) -> None:
    registration = register()
    page = staff.get("/admin/cop/registrations/")
    assert 'aria-label="Record deposit: Ada Sample"' in text(page)
    url = page.context["view"].next_step(registration).url
    form = staff.get(url)
    assert form.context["form"]["amount"].value() == "100"
    data = {"amount": "100", "received_on": str(NOW.date()), "method": "check", "note": "", "key": "k"}
    answer = staff.post(url, data)
    assert answer["Location"] == parse_qs(urlsplit(url).query)["next"][0] == "/admin/cop/registrations/"
    assert queries.paid(registration.account) == DEPOSIT
    payment = registration.account.payments.get()
    assert (payment.method, payment.received_on.isoformat()) == ("check", str(NOW.date()))
    registration.refresh_from_db()
    assert registration.state == State.MEMBER


def test_cancelling_says_what_becomes_of_the_deposit_and_asks_why_otherwise(
    staff: Client, program: Program, register: Callable
) -> None:
    registrations = [register(name) for name in ("Ada", "Bo", "Cy")]
    urls = [reverse("cop_registration:cancel", args=[row.pk]) for row in registrations]
    for row in registrations:
        actions.record_payment(account=row.account, amount=DEPOSIT, received_on=NOW.date(), send_receipt=False)
    page = staff.get(urls[0])
    said = "The policy that they agreed to now gives back: After that: everything paid. Paid: 100 USD. Refund: 100 USD."
    assert said in text(page).replace("\xa0", " ")
    assert 'value="100"' in str(page.context["form"]["amount"])
    program.page.cancellation_deadline = datetime(2024, 1, 20).date()
    program.page.save()
    page = text(staff.get(urls[0])).replace("\xa0", " ")
    assert "now gives back: After that: everything paid but the deposit. Paid: 100 USD. Refund: 0 USD." in page
    assert staff.post(urls[0], {"amount": "100", "reason": ""}).status_code == 422
    assert staff.post(urls[0], {"amount": "100.01", "reason": "Illness"}).status_code == 422
    assert Registration.objects.filter(state=State.MEMBER).count() == 3
    staff.post(urls[0], {"amount": "100", "reason": "Illness"})
    staff.post(urls[1], {"amount": "0", "reason": ""})
    staff.post(urls[2], {"amount": "", "reason": ""})
    assert set(Registration.objects.values_list("state", flat=True)) == {State.CANCELLED}
    (refund,) = queries.open_refunds(program)
    assert (refund.account, refund.amount, refund.reason) == (registrations[0].account, DEPOSIT, "Illness")
    assert [queries.balance(row.account).amount for row in registrations] == [-DEPOSIT.amount, 0, 0]


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [("cancel", State.CANCELLED, "cannot change from"), ("hold", State.MEMBER, "has no hold")],
)
def test_a_refusal_is_said_in_words(staff: Client, register: Callable, name: str, state: str, reason: str) -> None:
    registration = register(state=state)
    url = reverse(f"cop_registration:{name}", args=[registration.pk])
    answer = staff.post(url, {"refund": "", "reason": "", "last_day": "2024-02-20"})
    assert answer.status_code == 409
    assert reason in text(answer)


def test_the_hold_gets_the_end_that_staff_set(staff: Client, register: Callable) -> None:
    registration = register()
    staff.post(reverse("cop_registration:hold", args=[registration.pk]), {"last_day": "2024-02-04"})
    place = registration.invitation.place
    place.refresh_from_db()
    assert place.held_until.isoformat() == "2024-02-05T08:00:00+00:00", "the end of that day in Los Angeles"


def test_confirming_shows_who_gets_an_invoice_and_who_is_left_alone(
    staff: Client, program: Program, register: Callable
) -> None:
    member = register("Member")
    actions.record_payment(account=member.account, amount=DEPOSIT, received_on=NOW.date(), send_receipt=False)
    register("Unpaid Hold")
    url = reverse("cop_programs:confirm", args=[program.pk])
    page = text(staff.get(url)).replace("\xa0", " ")
    assert "1,897 USD" in page
    assert "to 1 member" in page
    assert page.index("Member") < page.index(">Holds without a deposit<") < page.index("Unpaid Hold")
    program.refresh_from_db()
    assert program.status == Program.Status.OPEN, "looking changes nothing"


def test_the_progress_tells_done_failed_and_remaining(staff: Client, program: Program, register: Callable) -> None:
    run = BatchRun.objects.create(program=program, kind="confirm", started_at=NOW)
    for name, state in (("Ada", "done"), ("Bo", "failed"), ("Cy", "todo")):
        BatchItem.objects.create(run=run, registration=register(name), state=state, error="No issuer")
    url = reverse("cop_programs:run", args=[program.pk])
    page = text(staff.get(url))
    assert "1 done, 1 failed, 1 remaining." in page
    assert "data-cop-running" in page
    assert "No issuer" in page
    assert "Retry failed items" in page
    run.items.filter(state="todo").update(state="done")
    assert "data-cop-running" not in text(staff.get(url))


def test_calling_off_needs_a_second_yes(staff: Client, program: Program) -> None:
    url = reverse("cop_programs:cancel", args=[program.pk])
    assert staff.post(url, {"reason": "Too few"}).status_code == 422
    program.refresh_from_db()
    assert program.status == Program.Status.OPEN


def test_a_program_that_is_over_is_not_confirmed(staff: Client, program: Program) -> None:
    make_issuer()
    url = reverse("cop_programs:confirm", args=[program.pk])
    assert url in text(staff.get(home(program)))
    with clock.at(datetime(2024, 6, 28, tzinfo=UTC)):
        assert url not in text(staff.get(home(program)))
        answer = staff.post(url, {"takes_applications": "on"})
        assert answer.status_code == 409
        assert "it can no longer be confirmed" in text(answer)
    program.refresh_from_db()
    assert program.status == Program.Status.OPEN


@pytest.mark.parametrize(("listed", "task"), [(0, True), (9, True), (10, False)])
def test_the_home_tells_of_money_that_nobody_has_listed(
    staff: Client, program: Program, register: Callable, listed: int, task: bool
) -> None:
    account = register().account
    actions.record_payment(account=account, amount=Money(2007, "USD"), received_on=NOW.date(), send_receipt=False)
    for refund in queries.open_refunds(program):
        actions.withdraw_refund(refund=refund, reason="The payer asked")
    if listed:
        actions.list_refund(account=account, amount=Money(listed, "USD"), reason="Overpaid")
    found = {task.text: task.url for task in staff.get(home(program)).context["tasks"]}
    words = "1 account is overpaid without a listed refund"
    assert (words in found) == task
    if task:
        assert "Ada Sample" in text(staff.get(found[words]))


def test_a_program_is_closed_once_it_is_over(staff: Client, program: Program) -> None:
    url = reverse("cop_programs:close", args=[program.pk])
    Program.objects.update(status=Program.Status.CONFIRMED)
    answer = staff.post(url)
    assert answer.status_code == 409
    assert "not over yet" in text(answer)
    assert url not in text(staff.get(home(program)))
    with clock.at(datetime(2024, 6, 28, tzinfo=UTC)):
        page = text(staff.get(home(program)))
        assert reverse("cop_programs:confirm", args=[program.pk]) not in page
        assert "the last session is over" in page
        assert "Cancel program" not in page
        assert "No email is sent" in text(staff.get(url))
        assert "Program closed" in text(staff.post(url, follow=True))
    program.refresh_from_db()
    assert program.status == Program.Status.CLOSED
