"""Previews of email templates with the values of a real person, for people who may see that person."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from cop_program import clock
from cop_program.models import Program
from forms_ext.mail import email_types
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.ledger.factories import make_program
from tests.forms_ext.programs.admin.test_views import (
    NOW,
    register,  # noqa: F401  (a fixture)
)

pytestmark = pytest.mark.django_db


def preview(client: Client, kind: str, person: object, scope: str = "") -> str:
    url = reverse("forms_ext_mail:template", args=[kind])
    answer = client.post(f"{url}?scope={scope}", {"preview": "1", "values_of": f"person:{person}"})
    assert answer.status_code == 200
    return text(answer)


def choices(client: Client, kind: str, scope: str = "") -> str:
    return text(client.get(reverse("forms_ext_mail:template", args=[kind]) + f"?scope={scope}"))


def test_staff_see_what_an_applicant_would_get_and_no_link(staff: Client, make_application: Callable) -> None:
    ada = make_application(name="Ada Lovelace")
    assert f'<option value="person:{ada.pk}">Ada Lovelace, {ada.reference}</option>' in choices(staff, "accepted")
    page = preview(staff, "accepted", ada.pk)
    assert "Dear Ada Lovelace" in page
    assert "the end of Tuesday 30 January 2024" in page
    assert "/invitation/" not in page
    assert "Dear Ada Lovelace" in preview(staff, "application_received", ada.pk)
    assert "Dear Ada Lovelace" in preview(staff, "called_off_applicant", ada.pk)


def test_staff_see_what_a_member_and_a_payer_would_get(staff: Client, register: Callable) -> None:  # noqa: F811
    with clock.at(NOW):
        row = register("Ada Lovelace", until=datetime(2024, 2, 7, 8, tzinfo=UTC))
        page = preview(staff, "registered_hold", row.pk)
        assert "Dear Ada Lovelace" in page
        assert "the end of Tuesday 6 February 2024" in page
        assert row.account.reference in page
        assert "/go/member/" not in page
        assert "1,897" not in page
        assert "Ada Lovelace" in preview(staff, "receipt", row.account_id)


def test_editors_see_invented_values_whatever_they_ask_for(
    client_of: Callable[[str], Client], make_application: Callable
) -> None:
    ada, editor = make_application(name="Ada Lovelace"), client_of("editor")
    assert "Lovelace" not in choices(editor, "accepted")
    url = reverse("forms_ext_mail:template", args=["accepted"])
    body = ContentstateConverter(features=["bold", "link"]).from_database_format("<p>Dear {name}</p><p>{link}</p>")
    data = {
        "subject": "Hello {program}",
        "body": body,
        "button_label": "",
        "preview": "1",
        "values_of": f"person:{ada.pk}",
    }
    page = text(editor.post(url, data))
    assert "Lovelace" not in page
    assert "Ada Sample" in page


def test_a_template_of_one_program_is_shown_with_its_own_people(
    staff: Client, program: Program, make_application: Callable
) -> None:
    other = make_application(name="Somebody Else", program=make_program(title="Another"))
    ada = make_application(name="Ada Lovelace")
    shown = choices(staff, "declined", program.scope)
    assert "Ada Lovelace" in shown
    assert "Somebody Else" not in shown
    assert "Dear Ada Lovelace" in preview(staff, "declined", ada.pk, program.scope)
    assert "Somebody" not in preview(staff, "declined", other.pk, program.scope)
    assert "Ada Sample" in preview(staff, "declined", "nonsense")


def test_every_email_but_the_message_can_be_shown_with_a_person(staff: Client, register: Callable) -> None:  # noqa: F811
    with clock.at(NOW):
        row = register("Ada Lovelace")
        pks = [row.pk, row.invitation.application_id, row.account_id]
        for kind in (kind.name for kind in email_types.all_types() if kind.name != "message_to_facilitator"):
            listed = choices(staff, kind)
            (person,) = {pk for pk in pks if f'"person:{pk}"' in listed}
            assert "Ada Lovelace" in preview(staff, kind, person), kind
        assert "person:" not in choices(staff, "message_to_facilitator")
