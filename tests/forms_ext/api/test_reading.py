"""What the document of a program has only with `forms_ext`: next step, places, and changes without an edit."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from cop_program.models import SessionPage
from tests.forms_ext.admission import factories
from tests.forms_ext.api.conftest import Shown, at

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def read(shown: Shown, **headers: str) -> Any:
    return Client().get(f"/api/v3/programs/{shown.program.page.pk}/", headers=headers)


def test_a_deadline_that_passes_changes_the_etag(shown: Shown) -> None:
    before = read(shown)
    assert before.json()["next_step"]["is_open"] is True
    assert before.json()["next_step"]["label"] == "Apply"
    with at(factories.START + timedelta(days=3)):
        assert read(shown, **{"If-None-Match": before["ETag"]}).status_code == 304
    for days in (4, 20, 400):
        with at(factories.START + timedelta(days=days)):
            after = read(shown, **{"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert after["ETag"] != before["ETag"]
        assert after.json()["next_step"]["is_open"] is False
        before = after


def test_it_leads_to_the_form_and_counts_the_places(shown: Shown, django_assert_max_num_queries: Any) -> None:
    before = read(shown)
    found = before.json()
    assert found["application_api_url"] == f"http://testserver{shown.api}"
    assert found["registration_api_url"] == f"http://testserver{shown.registration_api}"
    assert found["next_step"]["url"] == shown.form.full_url
    assert found["places"] == {"capacity": 9, "taken": 0, "held": 0, "waiting": 0, "left": 9}
    registration = factories.make_registration(shown.program)
    with django_assert_max_num_queries(3):
        after = read(shown, **{"If-None-Match": before["ETag"]})
    assert after.json()["places"] == {"capacity": 9, "taken": 0, "held": 1, "waiting": 0, "left": 8}
    for secret in (registration.name, registration.email, registration.reference):
        assert secret not in after.text


def test_the_page_and_the_document_say_the_same(shown: Shown) -> None:
    page = Client().get(shown.program.page.url)
    step, places = page.context["next_step"], page.context["places"]
    found = read(shown).json()
    assert found["next_step"]["explanation"] == step.explanation
    assert found["next_step"]["url"].endswith(step.url)
    assert found["places"] == {
        "capacity": places.capacity, "taken": places.taken, "held": places.held, "waiting": places.waiting,
        "left": places.left,
    }  # fmt: skip


def test_a_form_of_another_program_is_not_led_to(shown: Shown) -> None:
    shown.form.unpublish()
    found = read(shown).json()
    assert found["application_api_url"] is None
    assert found["next_step"]["is_open"] is False


# --- The member's calendar -------------------------------------------------------------------------

LINK, RECORDING = "https://meet.example/secret", "https://video.example/secret"


@pytest.fixture
def session(shown: Shown) -> SessionPage:
    start = factories.START + timedelta(days=20)
    values = {"starts_at": start, "ends_at": start + timedelta(hours=3)}
    page = SessionPage(title="First", join_link=LINK, recording_link=RECORDING, **values)
    return shown.program.page.add_child(instance=page)


def feed(registration: Any) -> str:
    from forms_ext.registration import queries

    response = Client().get(queries.member_path(registration) + "calendar.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store, private"
    return response.content.replace(b"\r\n ", b"").decode()


def test_members_alone_get_the_links(shown: Shown, session: SessionPage) -> None:
    registration = factories.make_registration(shown.program)
    assert "VEVENT" not in feed(registration)  # a hold is no membership yet
    registration = factories.pay(registration)
    text = feed(registration)
    assert f"LOCATION:{LINK}" in text
    assert RECORDING in text
    public = Client().get(f"/cop/calendar/{shown.program.page.pk}.ics").content.replace(b"\r\n ", b"").decode()
    assert LINK not in public
    assert RECORDING not in public
    (uid,) = [line for line in text.splitlines() if line.startswith("UID:")]
    assert uid in public


def test_a_cancelled_member_loses_them(shown: Shown, session: SessionPage) -> None:
    from forms_ext.registration import actions

    registration = factories.pay(factories.make_registration(shown.program))
    actions.cancel(registration=registration, by=None, reason="Ill")
    assert LINK not in feed(registration)


def test_an_address_that_was_renewed_shows_nothing(shown: Shown, session: SessionPage) -> None:
    from forms_ext.registration import actions, queries

    registration = factories.pay(factories.make_registration(shown.program))
    path = queries.member_path(registration)
    actions.renew_member_page(registration=registration, by=None)
    assert Client().get(f"{path}calendar.ics").status_code == 404


def test_a_card_in_another_page_says_the_same(shown: Shown, django_assert_num_queries: Any) -> None:
    factories.make_registration(shown.program)
    page = shown.program.page
    block = type(page).body.field.stream_block.child_blocks["programs"]
    value = block.to_python({"heading": "", "pages": [{"type": "item", "id": "1", "value": page.pk}]})
    request = RequestFactory().get("/")
    block.render(value, context={"request": request})
    with django_assert_num_queries(0):
        html = block.render(value, context={"request": request})
    assert "8 of 9 places left" in html
    assert f'<a class="cop-button" href="{shown.form.url}">Apply</a>' in html
