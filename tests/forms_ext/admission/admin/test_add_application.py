"""Staff add an application for someone who emailed."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.admin_fixtures import START
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.forms.factories import make_application_form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
ADA = {"your_name": "Ada Sample", "email": "ada@example.org", "size": "Small", "country": "CA", "hopes": "More consent"}


@pytest.fixture
def url(program: Program) -> str:
    make_application_form(program.page)
    return reverse("cop_admission:enter_for", args=[program.pk])


def key(response: object) -> str:
    found = re.search(r'name="key" value="(\w+)"', text(response))
    assert found
    return found[1]


def test_the_same_form_sent_twice_makes_one_application(staff: Client, url: str) -> None:
    data = ADA | {"key": key(staff.get(url))}
    first, second = staff.post(url, data), staff.post(url, data)
    application = Application.objects.get()
    assert first["Location"] == second["Location"] == reverse("cop_admission:person", args=[application.pk])
    assert (application.name, application.source, application.entered_by.username) == ("Ada Sample", "staff", "staff")
    assert OutgoingMail.objects.get().recipient == "ada@example.org"
    page = text(staff.get(first["Location"]))
    assert "More consent" in page
    assert "Application added by staff" in page
    staff.post(url, ADA | {"key": key(staff.get(url))})
    assert Application.objects.count() == 2, "another form is another application"


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(staff: Client, url: str) -> None:
    once = key(staff.get(url))
    answer = staff.post(url, ADA | {"email": "nonsense", "key": once})
    assert answer.status_code == 422
    assert answer.context["form"]["hopes"].value() == "More consent"
    assert key(answer) == once
    assert "email" in answer.context["form"].errors
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("status", "days", "words", "mails"),
    [
        ("open", 0, "", 1),
        ("open", 30, "Applications are closed. The deadline has passed.", 1),
        ("open", 200, "This program is over.", 0),
        ("confirmed", 0, "", 1),
        ("called_off", 0, "This program is cancelled.", 0),
        ("closed", 0, "This program is over.", 0),
    ],
)
def test_adding_to_a_closed_program_asks(
    staff: Client, url: str, status: str, days: int, words: str, mails: int
) -> None:
    Program.objects.update(status=status)
    with clock.at(START + timedelta(days=days)):
        shown = staff.get(url)
        data = ADA | {"key": key(shown)}
        assert words in text(shown)
        assert ('name="closed-anyway"' in text(shown)) == bool(words)
        if words:
            answer = staff.post(url, data)
            assert answer.status_code == 422
            assert "Select this box" in text(answer)
            assert not Application.objects.exists()
        assert staff.post(url, data | {"closed-anyway": "on"}).status_code == 302
    assert OutgoingMail.objects.count() == mails
    for mail in OutgoingMail.objects.all():
        assert ("Applications are open" in mail.text) == (not words)


def test_a_program_without_a_form_is_no_error(staff: Client, program: Program) -> None:
    assert staff.get(reverse("cop_admission:enter_for", args=[program.pk])).status_code == 404
    answer = staff.post(reverse("cop_admission:enter"), {"program": "x"})
    assert answer.status_code == 422
    answer = staff.post(reverse("cop_admission:enter"), {"program": program.pk})
    assert answer["Location"] == reverse("cop_admission:enter_for", args=[program.pk])


def test_reviewers_enter_nothing(reviewer: Client, url: str, make_application: Callable) -> None:
    reviewer.post(url, ADA)
    assert not Application.objects.exists()
