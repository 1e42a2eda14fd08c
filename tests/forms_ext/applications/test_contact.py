"""The letter to a facilitator: it reaches them, and shows their address nowhere."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from wagtail.models import Page, Site

from cop_program import clock
from cop_program.models import FacilitatorIndexPage, FacilitatorPage
from forms_ext.mail.models import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

ADDRESS = "evan.private@example.org"
LETTER = {"name": "Ada", "email": "ada@example.org", "message": "Does it fit?\nWe are eight people."}


@pytest.fixture
def facilitator(db: None) -> FacilitatorPage:
    root: Page = Site.objects.get(is_default_site=True).root_page
    index = root.add_child(instance=FacilitatorIndexPage(title="Facilitators", slug="facilitators"))
    page: FacilitatorPage = index.add_child(
        instance=FacilitatorPage(title="Evan Miller", slug="evan", role="Facilitator", contact_email=ADDRESS)
    )
    return page


@pytest.fixture
def address(facilitator: FacilitatorPage) -> str:
    return reverse("forms_ext:facilitator_message", args=[facilitator.pk])


def write(client: Client, address: str, **values: str) -> "tuple[int, str]":
    """Open the form, read it for a while, send it; return status and page."""
    form = client.get(address).content.decode()
    found = re.search(r'name="_token" value="([^"]+)"', form)
    assert found
    with clock.at(clock.now() + timedelta(minutes=1)):
        answer = client.post(address, LETTER | {"_token": found[1]} | values)
        if answer.status_code == 302:
            return 302, client.get(answer["Location"]).content.decode()
        return answer.status_code, answer.content.decode()


def test_a_letter_reaches_the_facilitator_and_answers_go_to_the_writer(
    client: Client, address: str, facilitator: FacilitatorPage
) -> None:
    status, page = write(client, address)
    assert status == 302
    assert "Your letter is on its way to Evan Miller" in page
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient, mail.reply_to) == ("message_to_facilitator", ADDRESS, "ada@example.org")
    assert "We are eight people." in mail.text


@pytest.mark.parametrize("name", ["Eve of https://evil.example", "Eve\u202eevil", "evil " * 20])
def test_a_name_that_could_be_an_advertisement_is_not_in_the_subject(client: Client, address: str, name: str) -> None:
    assert write(client, address, name=name)[0] == 302
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Message from a visitor through the website"
    assert "ada@example.org" in mail.text


def test_the_address_stands_nowhere(client: Client, address: str, facilitator: FacilitatorPage) -> None:
    """Not on a page, not in a header, not in what the form says when it was filled in wrongly or is sent."""
    answers = [client.get(page) for page in (facilitator.url, facilitator.get_parent().url, address)]
    shown = [answer.content.decode() + str(answer.headers) for answer in answers]
    shown += [write(client, address, **values)[1] for values in ({}, {"email": "no"}, {"message": ""})]
    assert all(ADDRESS not in text and "evan.private" not in text for text in shown)
    assert "mailto:" not in "".join(shown)


@pytest.mark.parametrize(
    ("values", "status"),
    [({"email": "no"}, 422), ({"message": ""}, 422), ({"fax_number": "1"}, 409), ({"_token": "made up"}, 409)],
)
def test_what_is_refused_is_kept_for_the_writer(
    client: Client, address: str, values: dict[str, str], status: int
) -> None:
    got, page = write(client, address, **values)
    assert got == status
    assert 'value="Ada"' in page
    assert not OutgoingMail.objects.exists()


def test_a_facilitator_gets_no_flood(client: Client, address: str, settings: Settings) -> None:
    settings.COP_RATE_LIMIT_RECIPIENT = 2
    settings.COP_RATE_LIMIT_ADDRESS = 0
    assert [write(client, address)[0] for _ in range(3)] == [302, 302, 429]
    assert OutgoingMail.objects.count() == 2
    # The stranger neither changes the email address to go on, nor keeps others from writing.
    assert write(client, address, email="mallory@example.org")[0] == 429
    other = Client(REMOTE_ADDR="203.0.113.77")
    assert write(other, address)[0] == 429, "the same email address from elsewhere"
    assert write(other, address, email="bea@example.org")[0] == 302
    settings.COP_RATE_LIMIT_FACILITATOR = 3
    assert write(Client(REMOTE_ADDR="203.0.113.78"), address, email="cyd@example.org")[0] == 429
    settings.COP_RATE_LIMIT_RECIPIENT = settings.COP_RATE_LIMIT_FACILITATOR = 0
    settings.COP_RATE_LIMIT_ADDRESS = 1
    status, page = [write(client, address) for _ in range(2)][1]
    assert status == 429
    assert "We are eight people." in page


def test_the_same_letter_sent_again_is_one_letter(client: Client, address: str, settings: Settings) -> None:
    found = re.search(r'name="_token" value="([^"]+)"', client.get(address).text)
    assert found
    letter = LETTER | {"_token": found[1]}
    with clock.at(clock.now() + timedelta(minutes=1)):
        wrong = client.post(address, letter | {"email": "no"})
        assert wrong.status_code == 422
        token = re.search(r'name="_token" value="([^"]+)"', wrong.text)
        assert token
        with clock.at(clock.now() + timedelta(minutes=1)):
            answers = [client.post(address, LETTER | {"_token": one}) for one in (token[1], token[1], found[1])]
    assert {answer["Location"] for answer in answers} == {f"{address}?sent=1"}
    assert OutgoingMail.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=1)):
        assert client.post(address, letter)["Location"] == f"{address}?sent=1", "also once the token is stale"


def test_nobody_writes_to_somebody_without_an_address_or_on_a_draft(
    client: Client, facilitator: FacilitatorPage
) -> None:
    address = reverse("forms_ext:facilitator_message", args=[facilitator.pk])
    facilitator.unpublish()
    assert client.get(address).status_code == 404
    FacilitatorPage.objects.filter(pk=facilitator.pk).update(live=True, contact_email="")
    assert client.get(address).status_code == 404
    assert address not in client.get(facilitator.url).content.decode()
