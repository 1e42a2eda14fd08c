"""*Send me my link again*: the same answer and the same queries for every address, and only its owner gets anything."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.admission import invitations
from forms_ext.admission.models import Invitation
from forms_ext.applications.models import Application
from forms_ext.mail import encryption
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration import actions, queries
from tests.forms_ext.admission.factories import START, accept, make_application, make_registration
from tests.forms_ext.submissions.sending import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
URL = "/go/links/"


def ask(client: Client, email: str, more: dict[str, str] | None = None) -> Any:
    token = token_of(client.get(URL).text)
    with clock.at(START + timedelta(seconds=30)):
        return client.post(URL, {"email": email, "_token": token} | (more or {}))


def kinds(email: str = "person1@example.org") -> list[str]:
    return list(OutgoingMail.objects.filter(recipient=email).order_by("pk").values_list("kind", flat=True))


def applied(program: Program) -> str:
    return make_application(program).email


def accepted(program: Program) -> str:
    return accept(make_application(program))[0].application.email


def registered(program: Program) -> str:
    return make_registration(program).email


def expired(program: Program) -> str:
    invitation, _token = accept(make_application(program))
    Invitation.objects.filter(pk=invitation.pk).update(ends_at=START)
    return invitation.application.email


def revoked(program: Program) -> str:
    invitation, _token = accept(make_application(program))
    admission.revoke_link(application=invitation.application, by=None)
    return invitation.application.email


def called_off(program: Program) -> str:
    email = accepted(program)
    Program.objects.filter(pk=program.pk).update(status="called_off")
    return email


CASES = [
    (lambda program: "nobody@example.org", []),
    (applied, []),
    (accepted, ["accepted", "link_again"]),
    (registered, ["accepted", "registered_hold", "private_page_again"]),
    (expired, ["accepted", "no_link"]),
    (revoked, ["accepted", "no_link"]),
    (called_off, ["accepted", "no_link"]),
]


@pytest.mark.parametrize(("make", "expected"), CASES)
def test_every_address_gets_the_same_answer_and_its_owner_what_belongs_to_it(
    program: Program,
    make: Callable[[Program], str],
    expected: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    email = make(program)
    ask(Client(), "somebody@else.example")  # what is kept in memory
    with CaptureQueriesContext(connection) as without:
        one = ask(Client(), "stranger@example.org")
    with CaptureQueriesContext(connection) as asked, django_capture_on_commit_callbacks() as work:
        other = ask(Client(), email.upper())
    assert len(asked) == len(without)
    assert (one.status_code, one["Location"]) == (other.status_code, other["Location"]) == (302, f"{URL}?sent=1")
    assert len(work) == 1, "the work is done after the answer, for every address"
    assert kinds() == expected[:-1] or expected in ([], kinds())
    for callback in work:
        callback()
    assert kinds() == expected
    assert email not in Client().get(other["Location"]).text


def test_the_old_invitation_link_stops_working_and_the_private_page_keeps_its_link(program: Program) -> None:
    invitation, token = accept(make_application(program, 1))
    registration = make_registration(program, 2)
    path = queries.member_path(registration)
    for number in (1, 2):
        actions.send_links(email=f"person{number}@example.org")
    assert invitations.find(token) is None
    assert invitations.live(invitation.application)
    registration.refresh_from_db()
    assert queries.member_path(registration) == path
    mail = OutgoingMail.objects.get(kind="private_page_again")
    assert encryption.unlock(mail.secrets)["link"].endswith(path)


def test_asking_twice_within_minutes_emails_once(program: Program) -> None:
    email, other = accepted(program), make_registration(program, 2).email
    for minutes in (0, 5, 10, 20):
        with clock.at(START + timedelta(minutes=minutes)):
            actions.send_links(email=email)
            actions.send_links(email=other)
    assert kinds(email).count("link_again") == 2
    assert kinds(other).count("private_page_again") == 2


def test_an_address_with_many_programs_gets_at_most_ten_of_each(program: Program) -> None:
    for number in range(1, 13):
        make_application(program, number, email="ada@example.org", state="accepted")
    actions.send_links(email="ada@example.org")
    assert len(kinds("ada@example.org")) == actions.MOST


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"email": ""}, 422, "Enter your email address."),
        ({"email": "nonsense"}, 422, "valid email"),
        ({"_token": "x"}, 409, "open for a long time"),
        ({"fax_number": "1"}, 409, "fax number"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(data: dict[str, str], status: int, words: str) -> None:
    answer = ask(Client(), "ada@example.org", data)
    assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store, private")
    assert words in answer.text
    assert data.get("email", "ada@example.org") in answer.text


def test_networks_and_addresses_are_limited(
    program: Program, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.COP_RATE_LIMIT_ADDRESS, settings.COP_RATE_LIMIT_RECIPIENT = 3, 2
    client, started = Client(), 0
    for number in range(3):
        with django_capture_on_commit_callbacks() as work:
            answer = ask(client, "ada@example.org")
        started += len(work)
        assert answer["Location"] == f"{URL}?sent=1", number
    assert started == 2, "above the limit of the address nothing is emailed, and the answer is the same"
    last = ask(client, "bo@example.org")
    assert (last.status_code, last.has_header("Retry-After")) == (429, True)


def test_a_stored_task_does_not_show_the_address(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(actions, "start", lambda path, *args: started.append(args))
    ask(Client(), "ada@example.org")
    assert started
    assert "ada" not in str(started)


def test_a_withdrawn_application_has_no_link(program: Program) -> None:
    email = accepted(program)
    Application.objects.update(state="withdrawn")
    actions.send_links(email=email)
    assert kinds() == ["accepted"]
