"""The confirmation: the address that was written to and the answers, for the browser that sent them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cop_program import clock
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.submissions.models import EmbeddingSite
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import ANSWERS, opened, send, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("january")]
SHOWN = ("ada@example.org", "Less &lt;b&gt;alone&lt;/b&gt;", "Your answers", "write to <a href=")


def main(html: str) -> str:
    return html[html.index("<main") : html.index("</main")]


def test_it_says_which_address_was_written_to_and_shows_the_answers(
    client: Client, form_page: ApplicationFormPage
) -> None:
    sent = send(client, form_page, opened(client, form_page))
    page = main(client.get(sent.url).text)
    for words in SHOWN:
        assert words in page
    assert "A-2024-0001" in page


def test_the_address_of_the_confirmation_shows_nothing_of_it_elsewhere(
    client: Client, form_page: ApplicationFormPage
) -> None:
    sent = send(client, form_page, opened(client, form_page))
    page = main(Client().get(sent.url).text)
    assert "A-2024-0001" in page
    for words in SHOWN:
        assert words not in page


def test_who_sends_two_sees_the_one_whose_confirmation_it_is(client: Client, form_page: ApplicationFormPage) -> None:
    first = send(client, form_page, opened(client, form_page))
    again = token_of(client.get(f"{form_page.url}?again=1").text)
    second = send(client, form_page, again, email="bo@example.org", after=60)
    assert "bo@example.org" in main(client.get(second.url).text)
    page = main(client.get(first.url).text)
    assert "bo@example.org" not in page
    assert "A-2024-0001" in page


def test_answers_are_shown_as_they_were_asked(client: Client, form_page: ApplicationFormPage) -> None:
    sent = send(client, form_page, opened(client, form_page))
    factories.publish(form_page, [*factories.APPLICATION[:3], ("text", {"label": "Dreams", "required": False})])
    page = main(client.get(sent.url).text)
    assert "Hopes" in page
    assert "Dreams" not in page


@pytest.mark.parametrize(("minutes", "is_shown"), [(5, True), (20, False)])
def test_in_a_frame_which_has_no_cookie_they_are_shown_for_a_while(
    form_page: ApplicationFormPage, minutes: int, is_shown: bool
) -> None:
    EmbeddingSite.objects.create(origin="https://www.example.org")
    path = reverse("forms_ext:frame", args=[form_page.pk])
    data = ANSWERS | {"_token": token_of(Client().get(path).text)}
    with clock.at(factories.START + timedelta(seconds=30)):
        sent = Client().post(path, data)
    with clock.at(factories.START + timedelta(minutes=minutes)):
        page = main(Client().get(sent["Location"]).text)
    assert ("ada@example.org" in page, "Your answers" in page) == (is_shown, is_shown)


def test_a_form_of_no_program_shows_its_answers_too(client: Client, plain_form: Callable[..., FormPage]) -> None:
    page = plain_form()
    sent = send(client, page, opened(client, page))
    shown = main(client.get(sent.url).text)
    assert ("Your answers" in shown, "ada@example.org" in shown) == (True, True)


@pytest.mark.parametrize("receipt", ["x", "", "1:2"])
def test_a_forged_receipt_shows_the_form(client: Client, form_page: Any, receipt: str) -> None:
    assert 'name="_token"' in client.get(form_page.url, {"receipt": receipt}).text
