"""Whatever happens between opening a form and sending it, nothing typed is lost, and nothing is sent twice."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cop_program import clock
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.submissions.models import Upload
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import opened, send, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain, pytest.mark.usefixtures("january")]
DAY = 86400


def test_who_comes_back_after_sending_meets_the_receipt(client: Client, form_page: ApplicationFormPage) -> None:
    sent = send(client, form_page, opened(client, form_page))
    back = client.get(form_page.url)
    assert (back.status_code, back["Location"]) == (302, sent["Location"])
    with clock.at(factories.START + timedelta(days=20)):
        assert client.get(form_page.url)["Location"] == sent["Location"]
    assert Client().get(form_page.url).status_code == 200


def test_the_receipt_offers_the_form_for_somebody_else(client: Client, form_page: ApplicationFormPage) -> None:
    receipt = client.get(send(client, form_page, opened(client, form_page))["Location"]).text
    address = f"{form_page.url}?again=1"
    assert f'href="{address}"' in receipt
    token = token_of(client.get(address).text)
    assert send(client, form_page, token, email="bea@example.org").status_code == 302
    assert Application.objects.count() == 2


def test_a_cookie_of_another_form_or_a_forged_one_leads_nowhere(client: Client, form_page: ApplicationFormPage) -> None:
    for value in ("", "nonsense", "\\000", "1:1:1"):
        client.cookies["cop_sent"] = value
        assert client.get(form_page.url).status_code == 200


@pytest.mark.parametrize("after", [31, 5 * 3600, 20 * DAY])
def test_the_same_post_gets_the_same_receipt_however_late(
    client: Client, form_page: ApplicationFormPage, after: int
) -> None:
    token = opened(client, form_page)
    first, again = send(client, form_page, token), send(client, form_page, token, after=after, email="changed@")
    assert again.status_code == 302
    assert again["Location"] == first["Location"]
    assert Application.objects.count() == 1


def test_the_same_post_with_its_kept_file_gets_the_same_receipt(client: Client, form_page: ApplicationFormPage) -> None:
    form_page = factories.publish(form_page, [*factories.APPLICATION, ("file", {"label": "Paper", "required": True})])  # type: ignore[assignment]
    wrong = send(client, form_page, opened(client, form_page), email="no", paper=SimpleUploadedFile("a.pdf", b"%PDF-1"))
    kept = re.search(r'name="paper_kept" value="([^"]+)"', wrong.text)
    assert kept
    token = token_of(wrong.text)
    first, again = (send(client, form_page, token, after=90, paper_kept=kept[1]) for _ in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert Upload.objects.count() == 1


def test_a_double_click_counts_once_against_the_limits(
    client: Client, form_page: ApplicationFormPage, settings: Any
) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = settings.COP_RATE_LIMIT_RECIPIENT = 1
    token = opened(client, form_page)
    assert [send(client, form_page, token).status_code for _ in range(3)] == [302, 302, 302]


def test_a_closed_form_gives_back_what_was_typed_as_people_read_it(
    client: Client, form_page: ApplicationFormPage
) -> None:
    token = opened(client, form_page)
    response = send(client, form_page, token, after=20 * DAY, country="CA", email="not an address")
    assert response.status_code == 409
    for text in ("Ada Sample", "not an address", "Small", "Canada", "Less &lt;b&gt;alone"):
        assert text in response.text
    assert "data-zone-form" not in response.text


def test_answers_to_questions_that_are_gone_are_given_back(client: Client, form_page: ApplicationFormPage) -> None:
    token = opened(client, form_page)
    form_page = factories.publish(form_page, factories.APPLICATION[:-1])  # type: ignore[assignment]
    response = send(client, form_page, token)
    assert response.status_code == 409
    assert "<dt>Hopes</dt><dd>Less &lt;b&gt;alone" in response.text
    assert send(client, form_page, token_of(response.text), after=90).status_code == 302


@pytest.mark.parametrize(("zone", "shown"), [("Australia/Perth", True), ("Mars/Base", False), ("", False)])
def test_choosing_a_time_zone_below_the_form_keeps_everything(
    client: Client, form_page: ApplicationFormPage, zone: str, shown: bool
) -> None:
    questions = [*factories.APPLICATION, ("file", {"label": "Paper", "required": True})]
    form_page = factories.publish(form_page, questions)  # type: ignore[assignment]
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1")
    token = opened(client, form_page)
    response = send(client, form_page, token, _go="zone", _zone=zone, email="half@", paper=paper)
    assert response.status_code == 200
    assert "error-summary" not in response.text
    for text in ('value="Ada Sample"', 'value="half@"', "Less &lt;b&gt;alone", "Uploaded: a.pdf"):
        assert text in response.text
    assert (f'data-zone="{zone}"' in response.text and "in your time" in response.text) is shown
    assert not Application.objects.exists()
    kept = client.cookies["cop_zone"].value if "cop_zone" in client.cookies else ""
    assert kept == (zone if shown else "")
