"""What editors change while people are on the way: a program that is unpublished, ends after the program."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.base.errors import ActionRefused
from forms_ext.registration import holds
from tests.forms_ext.admission.factories import (
    START,
    accept,
    make_application,
    make_registration,
    open_program,
    pay,
)
from tests.forms_ext.forms.factories import make_application_form, make_registration_form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
AFTER = datetime(2024, 6, 28, 7, tzinfo=UTC)  # the program ends on 26 June


@pytest.fixture(autouse=True)
def start() -> object:
    with clock.at(START):
        yield


@pytest.fixture
def program() -> Program:
    program = open_program()
    Site.objects.update(root_page=Page.objects.get(depth=1))
    return program


def test_the_forms_of_an_unpublished_program_are_not_there(program: Program, client: Client) -> None:
    page = program.page
    application, registration = make_application_form(page), make_registration_form(page)
    _invitation, token = accept(make_application(program))
    link = reverse("forms_ext:open_invitation", args=[token])
    api = [f"/api/v3/forms/{form.pk}/" for form in (application, registration)]
    headers = {"Cop-Invitation": token}
    assert client.get(application.url).status_code == 200
    assert client.get(link, follow=True).status_code == 200
    assert [client.get(path, headers=headers).status_code for path in api] == [200, 200]
    page.unpublish()
    client.cookies.clear()
    assert client.get(application.url).status_code == 404
    assert client.post(reverse("forms_ext:form", args=[application.pk]), {"a": "b"}).status_code == 404
    assert [client.get(path, headers=headers).status_code for path in api] == [404, 404]
    assert client.get(link, follow=True).status_code != 200
    assert client.get(registration.url).status_code != 200


@pytest.mark.parametrize("ends", [AFTER, datetime(2030, 1, 1, tzinfo=UTC)])
def test_no_link_and_no_hold_outlives_the_program(program: Program, ends: datetime) -> None:
    application = make_application(program, 1)
    with pytest.raises(ActionRefused, match="The program ends at the end of Wednesday 26 June 2024"):
        admission.decide(application=application, to_state="accepted", by=None, link_ends_at=ends)
    held = make_registration(program, 2)
    with pytest.raises(ActionRefused, match="The program ends at the end of Wednesday 26 June 2024"):
        holds.set_hold_end(registration=held, held_until=ends, by=None)


def test_holds_that_begin_late_end_with_the_program() -> None:
    program = open_program(starts_on=date(2024, 1, 30), ends_on=date(2024, 1, 31))
    held = make_registration(program)
    assert held.invitation.place.held_until == datetime(2024, 2, 1, 8, tzinfo=UTC)
    with clock.at(datetime(2024, 1, 31, 20, tzinfo=UTC)):
        assert holds.last_day_of_new_hold(program) == date(2024, 1, 31)
        assert pay(held).state == "member"
