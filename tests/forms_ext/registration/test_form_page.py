"""The registration form behind the gate: opened only by an invitation link, sent once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site

from cop_program import clock
from forms_ext.admission.models import Invitation
from forms_ext.registration.models import Registration
from forms_ext.registration.pages import RegistrationFormPage
from tests.forms_ext.admission import factories
from tests.forms_ext.forms.factories import REGISTRATION, make_registration_form, publish
from tests.forms_ext.submissions.sending import REGISTERING as ANSWERS

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    with clock.at(factories.START):
        yield


@pytest.fixture
def invited() -> tuple[RegistrationFormPage, Invitation, str]:
    program = factories.open_program(cancellation_policy="<p>It is kept after that.</p>")
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    invitation, token = factories.accept(factories.make_application(program))
    return make_registration_form(program.page), invitation, token


def send(client: Client, page: RegistrationFormPage, token: str, **answers: Any) -> Any:
    with clock.at(factories.START + timedelta(seconds=30)):
        return client.post(f"/go/form/{page.pk}/", {**ANSWERS, "_token": token, **answers})


def form_token(response: Any) -> str:
    found = re.search(r'name="_token" value="([^"]+)"', response.text)
    assert found
    return found[1]


def test_nobody_sees_or_sends_the_form_without_a_link(client: Client, invited: Any) -> None:
    page, _invitation, _token = invited
    seen, sent = client.get(page.url), send(client, page, "")
    assert (seen.status_code, sent.status_code) == (404, 404)
    assert "Billing address" not in seen.text + sent.text


def test_a_link_opens_the_form_and_registering_uses_it_up(client: Client, invited: Any) -> None:
    page, invitation, link = invited
    opened = client.get(f"/go/invitation/{link}/", follow=True)
    assert opened.status_code == 200
    assert opened["Cache-Control"] == "no-store, private"
    token = form_token(opened)
    first, again = send(client, page, token), send(client, page, token)
    registration = Registration.objects.get()
    assert (registration.state, registration.billing_name) == ("held", "Payer")
    assert first.status_code == 302
    assert first.url == again.url
    assert registration.reference in client.get(first.url).text
    assert client.get(page.url).url == first.url  # the way back, in the same browser
    assert Client().get(page.url).status_code == 404
    invitation.refresh_from_db()
    assert invitation.used_at


def test_the_policy_with_its_deadline_stands_at_the_end_right_above_its_box(client: Client, invited: Any) -> None:
    page, _invitation, link = invited
    first, *rest = REGISTRATION[-1:] + REGISTRATION[:-1]  # wherever the editor puts the box
    publish(page, [first, *rest])
    html = client.get(f"/go/invitation/{link}/", follow=True).text
    order = [
        html.index(words)
        for words in (
            "Billing address",
            "Cancellation policy",
            "until the end of Wednesday 24 January 2024, Pacific time",
            "It is kept after that.",
            "I accept",
            'type="submit"',
        )
    ]
    assert order == sorted(order)
    assert html.count('name="i_accept"') == 1


def test_the_policy_must_be_accepted_and_nothing_is_lost(client: Client, invited: Any) -> None:
    page, _invitation, link = invited
    token = form_token(client.get(f"/go/invitation/{link}/", follow=True))
    response = send(client, page, token, i_accept="")
    assert response.status_code == 422
    assert "1 First Street" in response.text
    assert not Registration.objects.exists()


def test_who_has_lost_the_cookie_while_typing_keeps_what_was_typed(client: Client, invited: Any) -> None:
    page, _invitation, link = invited
    token = form_token(client.get(f"/go/invitation/{link}/", follow=True))
    stranger = send(Client(), page, "")
    assert stranger.status_code == 404
    assert "1 First Street" not in stranger.text
    client.cookies.clear()
    response = send(client, page, token)
    assert response.status_code == 404
    for text in ("1 First Street", "Canada", "Billing address"):
        assert text in response.text
    assert not Registration.objects.exists()
    token = form_token(client.get(f"/go/invitation/{link}/", follow=True))
    assert send(client, page, token).status_code == 302


def test_the_way_back_leads_nobody_else_to_the_private_page(client: Client, invited: Any) -> None:
    page, invitation, link = invited
    token = form_token(client.get(f"/go/invitation/{link}/", follow=True))
    sent = send(client, page, token)
    assert client.get(page.url)["Location"] == sent["Location"]
    _other, other_link = factories.accept(factories.make_application(invitation.application.program, 2))
    opened = client.get(f"/go/invitation/{other_link}/", follow=True)
    assert opened.status_code == 200
    assert 'name="_token"' in opened.text


def test_the_form_begins_with_what_the_application_says(client: Client, invited: Any) -> None:
    page, invitation, link = invited
    application = invitation.application
    application.version, application.answers = page.current_version(), {"your_name": "Ada", "country": "CA"}
    application.save()
    html = client.get(f"/go/invitation/{link}/", follow=True).text
    assert 'value="Ada"' in html
    assert '<option value="CA" selected>' in html
