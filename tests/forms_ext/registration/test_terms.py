"""What registering means is said before the first question: amounts and dates, sessions, what happens next."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program, SessionPage
from forms_ext.admission.models import Invitation
from forms_ext.registration.pages import RegistrationFormPage
from tests.forms_ext.admission.factories import START
from tests.forms_ext.registration.test_form_page import form_token, invited, send

__all__ = ["invited"]
pytestmark = [pytest.mark.django_db]
type Invited = tuple[RegistrationFormPage, Invitation, str]


def said(client: Client, link: str, zone: str = "") -> str:
    """Return the main part of the form as it is read."""
    client.get(f"/go/invitation/{link}/")
    page = RegistrationFormPage.objects.get()
    html = client.get(page.url, {"tz": zone} if zone else {}).text
    text = strip_tags(html[html.index("<main") : html.index("</main")])
    return re.sub(r"\s+", " ", text)


def change(program: Program, **values: Any) -> None:
    for name, value in values.items():
        setattr(program.page, name, value)
    program.page.save()


def test_amounts_and_their_dates_stand_before_the_first_question(client: Client, invited: Invited) -> None:
    _page, invitation, link = invited
    change(invitation.application.program, least_members=6, rebate_countries=["CA"])
    text = said(client, link)
    order = [
        "What you take on",
        "Deposit until the end of Friday 2 February 2024, Pacific time 100 USD",
        "Balance by invoice, once at least 6 people have joined; due 14 days after the invoice 1,897 USD",
        "Fee 1,997 USD",
        "members from Canada get 25 percent of the fee back",
        "What happens next",
        "Your name",
        "Register for 1,997 USD",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places, text
    assert places == sorted(places)


def test_the_deadline_is_that_of_this_link_and_in_the_readers_time(client: Client, invited: Invited) -> None:
    _page, invitation, link = invited
    Invitation.objects.filter(pk=invitation.pk).update(ends_at=invitation.ends_at + timedelta(days=5))
    assert (
        "until the end of Wednesday 7 February 2024, Pacific time (in your time: Thursday 8 February, 9:00 am)"
        in said(client, link, "Europe/Berlin")
    )


def test_sessions_are_in_the_readers_time(client: Client, invited: Invited) -> None:
    _page, invitation, link = invited
    start = datetime(2024, 2, 8, 0, tzinfo=UTC)
    for number, days in ((1, 0), (2, 14)):
        begins = start + timedelta(days=days)
        values = {"starts_at": begins, "ends_at": begins + timedelta(hours=3), "join_link": "https://meet.example/1"}
        invitation.application.program.page.add_child(instance=SessionPage(title=f"Session {number}", **values))
    home = said(client, link)
    assert "2 sessions, in the time of Los Angeles" in home
    assert "Wednesdays 7 and 21 February 2024" in home
    assert "Show them in my time zone" in home
    own = said(client, link, "Europe/Berlin")
    assert "2 sessions, in the time of Berlin" in own
    assert "Thursdays 8 and 22 February 2024" in own
    assert "1:00 - 4:00 am" in own
    assert "meet.example" not in own


@pytest.mark.parametrize(
    ("values", "status", "there", "not_there"),
    [
        (
            {"deposit": Money(0, "USD")},
            "open",
            ["Balance by invoice", "1,997 USD"],
            ["Deposit until", "pay the deposit"],
        ),
        ({"deposit": Money(0, "USD"), "fee": Money(0, "USD")}, "open", ["Taking part is free."], ["USD", "invoice"]),
        ({}, "confirmed", ["by invoice, once your place is secured"], ["we can confirm the program"]),
        ({"registration_deadline": date(2024, 1, 31)}, "open", ["Register for 1,997 USD"], []),
    ],
)
def test_what_does_not_apply_is_not_said(
    client: Client, invited: Invited, values: dict[str, Any], status: str, there: list[str], not_there: list[str]
) -> None:
    _page, invitation, link = invited
    change(invitation.application.program, **values)
    Program.objects.update(status=status)
    text = said(client, link)
    assert [words for words in there if words not in text] == []
    assert [words for words in not_there if words in text] == []


def test_an_editors_own_button_has_the_sum_too(client: Client, invited: Invited) -> None:
    page, _invitation, link = invited
    page.submit_label = "Count me in"
    page.save()
    assert "Count me in (1,997 USD)" in said(client, link)


def test_the_private_page_says_the_address_and_the_answers(client: Client, invited: Invited) -> None:
    page, _invitation, link = invited
    sent = send(client, page, form_token(client.get(f"/go/invitation/{link}/", follow=True)))
    html = client.get(sent.url).text
    assert "Our emails to you go to <strong>person1@example.org</strong>" in html
    assert "1 First Street" in html


@pytest.mark.parametrize(
    ("status", "days", "words"),
    [
        ("open", 0, ""),
        ("open", 20, "Registration was open until the end of Tuesday 30 January 2024, Pacific time"),
        ("called_off", 0, "This program is cancelled."),
        ("closed", 0, "This program is over."),
    ],
)
def test_a_form_without_a_link_leads_on(client: Client, invited: Invited, status: str, days: int, words: str) -> None:
    page, invitation, _link = invited
    Program.objects.update(status=status)
    with clock.at(START + timedelta(days=days)):
        answer = client.get(page.url)
    assert answer.status_code == 404
    for each in (words, invitation.application.program.page.title, "programs@circleforward.example", "/go/links/"):
        assert each in answer.text


def test_a_private_link_that_does_not_work_leads_to_the_programs_that_run(client: Client, invited: Invited) -> None:
    _page, invitation, _link = invited
    title = invitation.application.program.page.title
    for path in ("/go/invitation/x/", "/go/member/x/", "/go/member/x/calendar.ics"):
        answer = client.get(path)
        assert title in answer.text, path
        assert "/go/links/" in answer.text, path
    Program.objects.update(status="called_off")
    assert title not in client.get("/go/invitation/x/").text
