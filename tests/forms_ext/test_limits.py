"""Limits at every URL that accepts something: whom they count, what they do not count, and what they say."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

import forms_ext
from cop_program import clock
from cop_program.models import FacilitatorIndexPage, FacilitatorPage
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.mail.models import OutgoingMail
from forms_ext.submissions.models import EmbeddingSite, Submission, Upload
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms import factories
from tests.forms_ext.forms.conftest import (
    form_page,  # noqa: F401
    january,  # noqa: F401
    plain_form,  # noqa: F401
    program,  # noqa: F401
)
from tests.forms_ext.submissions.sending import ANSWERS

pytestmark = [pytest.mark.django_db, pytest.mark.domain, pytest.mark.usefixtures("january")]
MESSAGE = {"name": "Ada", "email": "ada@example.org", "message": "Does it fit?"}
SENT = {"page": 302, "frame": 302, "api": 201, "message": 302}


class Sender:
    """A visitor who opens a form and sends it a minute later; `wrong` leaves an error in it."""

    def __init__(self, name: str, address: str, shown_at: str, answers: dict[str, str]) -> None:
        self.name, self.address, self.shown_at, self.answers = name, address, shown_at, answers

    def send(self, network: str = "203.0.113.9", *, wrong: bool = False, **headers: str) -> Any:
        client = Client(REMOTE_ADDR=network)
        data = self.answers | ({"email": "no"} if wrong else {})
        if self.name == "api":
            return client.post(self.address, {"answers": data}, content_type="application/json", headers=headers)
        found = re.search(r'name="_token" value="([^"]+)"', client.get(self.shown_at).text)
        assert found
        with clock.at(clock.now() + timedelta(minutes=1)):
            return client.post(self.address, data | {"_token": found[1]}, headers=headers)

    @staticmethod
    def taken() -> int:
        return Application.objects.count() + OutgoingMail.objects.filter(kind="message_to_facilitator").count()


@pytest.fixture(params=list(SENT))
def sender(request: pytest.FixtureRequest, form_page: ApplicationFormPage, settings: Any) -> Sender:  # noqa: F811
    settings.COP_RATE_LIMIT_RECIPIENT = 0
    pk, name = form_page.pk, request.param
    if name == "message":
        root = Site.objects.get(is_default_site=True).root_page
        index = root.add_child(instance=FacilitatorIndexPage(title="Facilitators", slug="facilitators"))
        evan = FacilitatorPage(title="Evan", slug="evan", role="Facilitator", contact_email="evan@example.org")
        address = reverse("forms_ext:facilitator_message", args=[index.add_child(instance=evan).pk])
        return Sender(name, address, address, MESSAGE)
    if name == "frame":
        EmbeddingSite.objects.create(origin="https://www.example.org")
    address = {"page": f"/go/form/{pk}/", "frame": f"/go/frame/{pk}/", "api": f"/api/v3/forms/{pk}/"}[name]
    return Sender(name, address, address if name == "frame" else str(form_page.url), ANSWERS)


def test_posts_with_errors_do_not_count_and_one_network_is_one_sender(sender: Sender, settings: Any) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = 2
    assert [sender.send(wrong=True).status_code for _ in range(4)] == [422] * 4
    ways = ("203.0.113.9", "::ffff:203.0.113.9", "203.0.113.9:5555")
    assert [sender.send(way).status_code for way in ways] == [SENT[sender.name], SENT[sender.name], 429]
    assert sender.send("203.0.113.10").status_code == SENT[sender.name]
    assert sender.send("::ffff:203.0.113.11").status_code == SENT[sender.name]
    assert sender.taken() == 4


def test_whose_network_is_not_known_shares_no_limit(sender: Sender, settings: Any) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = settings.COP_RATE_LIMIT_ATTEMPTS = 1
    assert [sender.send("").status_code for _ in range(3)] == [SENT[sender.name]] * 3


def test_the_answer_says_when_to_come_again_and_keeps_everything(sender: Sender, settings: Any) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = 1
    with clock.at(factories.START + timedelta(minutes=47)):
        sender.send()
        refused = sender.send(Cookie="cop_zone=America/New_York")
    assert refused.status_code == 429
    if sender.name == "api":
        assert refused["Content-Type"] == "application/problem+json"
        assert refused["Retry-After"] == str(13 * 60)
        assert "Try again at 1:00 pm, in 13 minutes." in refused.json()["detail"]
        return
    assert refused["Retry-After"] == str(12 * 60)
    assert "Try again at 1:00 pm, in 12 minutes." in refused.text
    for typed in sender.answers.values():
        assert typed.split("<")[0] in refused.text
    with clock.at(factories.START + timedelta(hours=1)):
        assert sender.send().status_code == 302


def test_a_reader_without_a_zone_is_told_in_utc(sender: Sender, settings: Any) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = 1
    sender.send()
    refused = sender.send()
    assert "at 6:00 pm UTC" in (refused.json()["detail"] if sender.name == "api" else refused.text)


def test_a_flood_of_wrong_posts_ends_too(sender: Sender, settings: Any) -> None:
    settings.COP_RATE_LIMIT_ATTEMPTS = 3
    assert [sender.send(wrong=True).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert sender.send("203.0.113.10").status_code == SENT[sender.name]


def test_files_have_a_limit_of_their_own(
    form_page: ApplicationFormPage,  # noqa: F811
    settings: Any,
) -> None:
    settings.COP_RATE_LIMIT_FILES = 2
    page = factories.publish(form_page, [*factories.APPLICATION, ("file", {"label": "Paper"})])

    def to_api() -> int:
        return Client().post(f"/api/v3/forms/{page.pk}/files/paper/", {"file": paper()}).status_code

    def paper() -> SimpleUploadedFile:
        return SimpleUploadedFile("a.pdf", b"%PDF-1.7")

    assert to_api() == 201
    sender = Sender("page", f"/go/form/{page.pk}/", str(page.url), ANSWERS | {"paper": paper()})  # type: ignore[dict-item]
    assert sender.send("127.0.0.1", wrong=True).status_code == 422
    sender.answers["paper"] = paper()  # type: ignore[assignment]
    assert sender.send("127.0.0.1").status_code == 429
    assert to_api() == 429
    assert Upload.objects.count() == 2


def test_a_form_that_mails_nobody_is_open_to_whoever_names_one_address(
    plain_form: Callable[..., FormPage],  # noqa: F811
    settings: Any,
) -> None:
    settings.COP_RATE_LIMIT_RECIPIENT = 1
    page = plain_form()
    sender = Sender("page", f"/go/form/{page.pk}/", str(page.url), ANSWERS)
    assert [sender.send().status_code for _ in range(2)] == [302, 302]
    assert Submission.objects.count() == 2


def test_nothing_else_in_the_code_counts_by_an_address_of_its_own() -> None:
    """Whatever is to be limited by sender asks `base.network`: no other module reads who sends a request."""
    readers = {
        path.name
        for path in Path(forms_ext.__file__).parent.rglob("*.py")
        if re.search('REMOTE_ADDR|FORWARDED_FOR|"X-Forwarded-For"', path.read_text()) and path.name != "conf.py"
    }
    assert readers == {"network.py"}
