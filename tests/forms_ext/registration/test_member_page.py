"""The private page says what to pay, by when and where, and has every document."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program, SessionPage
from forms_ext.invoices import tasks
from forms_ext.mail import actions as mail
from forms_ext.mail import attachments, delivery
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration import actions as registration_actions
from forms_ext.registration import queries
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import make_registration, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def shown(client: Client, registration: Registration) -> str:
    return " ".join(client.get(queries.member_path(registration)).text.replace("\xa0", " ").split())


def test_the_deposit_stands_there_with_its_day_and_where_to_pay(client: Client, program: Program) -> None:
    registration = make_registration(program)
    html = shown(client, registration)
    for words in ("100 USD", "the end of Friday 2 February 2024, Pacific time", "Routing 011000015"):
        assert words in html
    assert registration.account
    assert registration.account.reference in html
    assert "Routing" not in shown(client, pay(registration))


def test_the_open_invoice_stands_there_until_it_is_paid(client: Client, program: Program) -> None:
    registration = pay(make_registration(program))
    actions.work_off(actions.confirm_program(program=program, by=None))
    tasks.finish_invoices()
    pay(registration, Money("897.25", "USD"))
    html = shown(client, registration)
    for words in ("Invoice CF-00001", "999.75 USD", "Saturday 3 February 2024", "Routing 011000015", "897.25 USD"):
        assert words in html
    assert registration.account
    assert registration.account.reference in html
    assert "overdue" not in html
    with clock.at(datetime(2024, 2, 4, 12, tzinfo=UTC)):
        late = "Invoice CF-00001 is overdue: it was due by Saturday 3 February 2024. Pay 999.75 USD now."
        assert late in shown(client, registration)
    html = shown(client, pay(registration, Money("999.75", "USD")))
    assert "Routing" not in html
    assert "Amount due" not in html


def add_session(program: Program) -> None:
    start = datetime(2024, 2, 8, tzinfo=UTC)
    program.page.add_child(instance=SessionPage(title="Arriving", starts_at=start, ends_at=start + timedelta(hours=3)))


MONEY = ["place_confirmed", "receipt", "program_confirmed", "invoice"]


def test_emails_about_money_greet_the_person_and_lead_to_the_private_page(program: Program) -> None:
    add_session(program)
    registration = pay(make_registration(program))
    pay(registration, Money("10", "USD"))
    actions.work_off(actions.confirm_program(program=program, by=None))
    tasks.finish_invoices()
    assert registration.account
    assert registration.account.payer_name != registration.name
    for kind in MONEY:
        written = OutgoingMail.objects.filter(kind=kind).first()
        assert written, kind
        assert f"Dear {registration.name}," in written.text, kind
        link = queries.member_url(registration)
        assert link in delivery.message(written).body, kind
        calendar = written.attachments.filter(content_type="text/calendar").first()
        assert bool(calendar) is (kind == "program_confirmed")
        if calendar:
            assert b"BEGIN:VEVENT" in attachments.read(calendar.storage_path)
            assert calendar.file_name == f"{program.page.slug}.ics"
        OutgoingMail.objects.filter(pk=written.pk).update(state="sent", secrets="")
        written.refresh_from_db()
        again = mail.send_again(mail=written)
        assert link in delivery.message(again).body, "the link of today"
        assert again.attachments.count() == written.attachments.count()


def test_the_private_page_subscribes_calendar_apps(client: Client, program: Program) -> None:
    add_session(program)
    registration = pay(make_registration(program))
    html = client.get(queries.member_path(registration)).text
    for words in ("webcal://testserver/", "https://calendar.google.com/calendar/r?cid=webcal", "outlook.live.com"):
        assert words in html


def test_every_paper_can_be_downloaded_by_its_member_alone(client: Client, program: Program) -> None:
    first, second = pay(make_registration(program, 1)), pay(make_registration(program, 2))
    assert first.account
    assert second.account
    own, other = first.account.payments.get().pk, second.account.payments.get().pk
    base = queries.member_path(first)
    assert client.get(f"{base}receipts/{own}/").status_code == 404  # not drawn yet
    assert f"{base}receipts/" not in shown(client, first)
    tasks.finish_receipts()
    assert f"{base}receipts/{own}/" in shown(client, first)
    response = client.get(f"{base}receipts/{own}/")
    assert b"".join(response).startswith(b"%PDF")
    assert client.get(f"{base}receipts/{other}/").status_code == 404
    actions.work_off(actions.confirm_program(program=program, by=None))
    invoices = [registration.account.invoices.get().pk for registration in (first, second) if registration.account]
    assert client.get(f"{base}invoices/{invoices[0]}/").status_code == 404  # not drawn yet
    tasks.finish_invoices()
    response = client.get(f"{base}invoices/{invoices[0]}/")
    assert b"".join(response).startswith(b"%PDF")
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert client.get(f"{base}invoices/{invoices[1]}/").status_code == 404


def test_who_has_left_the_way_is_told_what_comes_back(client: Client, program: Program) -> None:
    paid, unpaid = pay(make_registration(program)), make_registration(program, 2)
    for registration in (paid, unpaid):
        registration_actions.cancel(registration=registration, by=None)
    html = shown(client, paid)
    assert "We will refund you 100 USD." in html
    assert "Step" not in html
    assert "Receipt" in html
    html = shown(client, unpaid)
    assert "refund" not in html
    assert "Invoices and receipts" not in html


def test_after_the_end_the_page_says_so_and_keeps_the_papers(client: Client, program: Program) -> None:
    registration = pay(make_registration(program))
    actions.work_off(actions.confirm_program(program=program, by=None))
    tasks.finish_invoices()
    pay(registration, Money("1897", "USD"))
    with clock.at(datetime(2024, 6, 28, tzinfo=UTC)):
        program.refresh_from_db()
        actions.close_program(program=program, by=None)
        html = shown(client, registration)
    assert "The program is over." in html
    assert "Step 7 of 7: Paid" in html
    assert "CF-00001" in html
