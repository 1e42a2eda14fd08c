"""Staff reopen what was withdrawn, and correct a mistyped name or address."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cop_program.models import Program
from forms_ext.admission import actions, invitations
from forms_ext.applications.models import Application
from forms_ext.base.errors import ActionRefused
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration import actions as registration_actions
from forms_ext.registration import queries
from forms_ext.registration.pages import prefill
from tests.forms_ext.admission.factories import accept, make_application, make_registration, make_staff, pay
from tests.forms_ext.forms.factories import make_registration_form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
NEW = "ada@example.org"


def kinds(recipient: str) -> list[str]:
    return list(OutgoingMail.objects.filter(recipient=recipient).order_by("pk").values_list("kind", flat=True))


def withdrawn(program: Program) -> Application:
    application = make_application(program)
    actions.withdraw(application=application, by=None)
    return application


def test_a_withdrawn_application_is_reopened_with_a_reason_and_decided(program: Program) -> None:
    application = withdrawn(program)
    with pytest.raises(ActionRefused, match="reason"):
        actions.reopen(application=application, by=None, reason=" ")
    decision = actions.reopen(application=application, by=make_staff(), reason="She wrote that it was a mistake.")
    assert (decision.from_state, decision.to_state, application.state) == ("withdrawn", "submitted", "submitted")
    assert kinds(application.email) == ["withdrawn_confirmation", "application_reopened"]
    _invitation, token = accept(application)
    assert invitations.find(token)


@pytest.mark.parametrize(("status", "words"), [("called_off", "is cancelled"), ("closed", "is over")])
def test_nothing_is_reopened_in_a_program_that_has_ended(program: Program, status: str, words: str) -> None:
    application = withdrawn(program)
    Program.objects.filter(pk=program.pk).update(status=status)
    with pytest.raises(ActionRefused, match=words):
        actions.reopen(application=application, by=None, reason="A mistake")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], ["application_received"]),
        (["waitlisted"], ["waitlisted"]),
        (["declined"], ["declined"]),
        (["withdrawn"], []),
        (["accepted"], ["link_again"]),
        (["accepted", "declined"], ["declined"]),
    ],
)
def test_a_new_address_gets_what_the_old_one_got_last(program: Program, states: list[str], expected: list[str]) -> None:
    application = make_application(program, name="Ada Smaple")
    for state in states:
        actions.decide(application=application, to_state=state, by=None, message="Until soon")
    old = application.email
    actions.correct_contact(application=application, name="Ada Sample", email=NEW, by=make_staff(), reason="By phone")
    application.refresh_from_db()
    assert (application.name, application.email) == ("Ada Sample", NEW)
    assert kinds(NEW) == expected
    if expected and states and states != ["accepted"]:
        assert "Until soon" in OutgoingMail.objects.get(recipient=NEW).text
    correction = application.corrections.get()
    assert correction.changes == ["Name: Ada Smaple → Ada Sample", f"Email: {old} → {NEW}"]
    assert "ada sample" in application.search_text


def test_the_link_of_the_old_address_stops_working(program: Program) -> None:
    application = make_application(program)
    _invitation, token = accept(application)
    actions.correct_contact(application=application, name=application.name, email=NEW, by=None)
    assert invitations.find(token) is None
    assert invitations.live(application)


def test_a_link_that_staff_revoked_is_not_made_again(program: Program) -> None:
    application = make_application(program)
    accept(application)
    actions.revoke_link(application=application, by=None)
    actions.correct_contact(application=application, name=application.name, email=NEW, by=None)
    assert kinds(NEW) == []


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("Person 1", "person1@example.org", "Nothing has changed"),
        (" ", NEW, "Enter a name"),
        ("N" * 201, NEW, "Enter a name"),
        ("Person 1", "nonsense", "valid email"),
    ],
)
def test_what_cannot_be_a_correction_is_refused(program: Program, name: str, email: str, words: str) -> None:
    application, registration = make_application(program, 2, name="Person 1"), make_registration(program)
    application.email = "person1@example.org"
    application.save()
    with pytest.raises(ActionRefused, match=words):
        actions.correct_contact(application=application, name=name, email=email, by=None)
    with pytest.raises(ActionRefused, match=words):
        registration_actions.correct_contact(registration=registration, name=name, email=email, by=None)


def test_a_registration_takes_along_what_said_the_same(program: Program) -> None:
    registration = pay(make_registration(program))
    old_path = queries.member_path(registration)
    registration_actions.correct_contact(registration=registration, name="Ada Sample", email=NEW, by=None)
    registration.refresh_from_db()
    application, account = registration.invitation.application, registration.account
    assert (registration.name, registration.email) == ("Ada Sample", NEW)
    assert (application.name, application.email) == ("Ada Sample", NEW)
    assert account
    assert (account.payer_name, account.payer_email) == ("Payer 1", NEW), "the billing name was another"
    assert kinds(NEW) == ["member_page"]
    assert queries.find_member(old_path.split("/")[-2]) is None
    assert queries.find_member(queries.member_path(registration).split("/")[-2]) == registration


@pytest.mark.parametrize("what", ["application", "registration"])
def test_staff_see_the_email_and_then_both_spellings(program: Program, admin: Client, what: str) -> None:
    row: Any = make_application(program) if what == "application" else make_registration(program)
    package = "cop_admission" if what == "application" else "cop_registration"
    url = reverse(f"{package}:correct", args=[row.pk])
    assert "No email is sent." in admin.get(url).content.decode()
    data = {"name": "Ada Sample", "email": NEW, "reason": "By phone"}
    shown = admin.post(url, data | {"preview": "1"})
    assert [email.to for email in shown.context["emails"]] == [f"Ada Sample <{NEW}>"]
    assert admin.post(url, data).status_code == 302
    page = admin.get(reverse(f"{package}:{'person' if what == 'application' else what}", args=[row.pk]))
    assert f"Email: {row.email} → {NEW}" in page.content.decode()


def test_the_registration_form_begins_with_what_was_corrected(program: Program) -> None:
    page = make_registration_form(program.page)
    application = make_application(program, version=page.current_version(), answers={"email": "ada@exmaple.org"})
    accept(application)
    actions.correct_contact(application=application, name="Ada Sample", email=NEW, by=None)
    initial = prefill(page, application.invitations.latest("pk"))
    assert (initial["your_name"], initial["email"]) == ("Ada Sample", NEW)
