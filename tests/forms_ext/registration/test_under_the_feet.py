"""What editors change while people are on the way: a program that is unpublished, ends after the program."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from djmoney.money import Money
from wagtail.models import Page, Site

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.base.errors import ActionRefused
from forms_ext.programs.on_the_way import effects_of_unpublishing
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


def test_the_currency_stays_once_people_were_told_amounts(program: Program) -> None:
    """By the editor, an import or a script: saving the page refuses it."""
    page = program.page
    page.fee, page.deposit = Money(500, "EUR"), Money(50, "EUR")
    page.save()
    page.fee, page.deposit = Money(1997, "USD"), Money(100, "USD")
    page.save()
    make_registration(program)
    page.fee, page.deposit = Money(500, "EUR"), Money(50, "EUR")
    with pytest.raises(ValidationError, match="told amounts in USD"):
        page.save()
    page.fee, page.deposit = Money(500, "USD"), Money(50, "USD")
    page.save()


def test_an_editor_is_told_before_whom_a_change_concerns(program: Program, admin_client: Client) -> None:
    form = make_registration_form(program.page)
    accept(make_application(program, 1))
    make_application(program, 2)
    edit = admin_client.get(reverse("wagtailadmin_pages:edit", args=[program.page_id])).content.decode()
    assert "1 person has an invitation link, which expires at the registration deadline." in edit
    for page, told in ((program.page, 2), (form, 1)):
        url = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
        asked = admin_client.post(url, {"next": "/admin/"})
        assert asked.context["effects"] == effects_of_unpublishing(page)
        assert len(asked.context["effects"]) == told
        assert 'name="next" value="/admin/"' in asked.content.decode()
        assert type(page).objects.get(pk=page.pk).live
    bulk = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'unpublish'])}?id={program.page_id}"
    assert "people_told" in admin_client.post(bulk).content.decode()
    assert type(program.page).objects.get(pk=program.page_id).live
    admin_client.post(url, {"people_told": "1"})
    assert not type(form).objects.get(pk=form.pk).live


def test_nobody_is_asked_where_nobody_is_on_the_way(program: Program, admin_client: Client) -> None:
    admin_client.post(reverse("wagtailadmin_pages:unpublish", args=[program.page_id]))
    assert not type(program.page).objects.get(pk=program.page_id).live
