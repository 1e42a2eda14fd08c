"""Emails that a provider accepted and that bounced later: its webhook, as Postmark posts it."""

from base64 import b64encode
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from pytest_django import Settings

from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.mail import actions, delivery
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.mail.kinds import LINK, VALUES

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture(autouse=True)
def provider(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.forms_ext.mail.webhook_urls"
    settings.MAILERS = {"default": {"BACKEND": "anymail.backends.test.EmailBackend"}}
    settings.ANYMAIL = {"WEBHOOK_SECRET": "postmark:secret"}


@pytest.fixture
def row() -> OutgoingMail:
    """An email with a private link, sent through anymail."""
    row = actions.send(kind="test.welcome", to="ada@example.com", fields=VALUES, secrets={"link": LINK})
    assert delivery.deliver(row.pk)
    row.refresh_from_db()
    return row


def metadata() -> dict[str, str]:
    """Return the metadata that the provider got with the email, and sends back in its webhook."""
    return outbox.outbox[-1].anymail_test_params["metadata"]  # type: ignore[attr-defined]


def post(kind: str = "HardBounce", email: str = "ada@example.com", secret: str = "postmark:secret", **more: Any) -> int:
    event = {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 <ada@example.com>: user unknown",
        "Email": email,
        "BouncedAt": "2024-01-20T17:30:00Z",
        "Metadata": metadata(),
    } | more
    client = Client()
    authorization = f"Basic {b64encode(secret.encode()).decode()}"
    address = "/anymail/postmark/tracking/"
    return client.post(address, event, "application/json", headers={"Authorization": authorization}).status_code


def test_a_mail_that_came_back_stands_as_failed_with_its_reason(row: OutgoingMail) -> None:
    assert post() == 200
    assert post() == 200  # providers repeat themselves
    row.refresh_from_db()
    assert row.state == "failed"
    assert row.last_error == "Postmark: smtp;550 5.1.1 <…>: user unknown"
    assert any(found.check == "mail.outbox" and "user unknown" in found.text for found in consistency.run_all())


def test_a_reason_that_no_database_takes_is_told_as_far_as_it_can_be(row: OutgoingMail) -> None:
    assert post(Details="550\0 no \ud83d room") == 200
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("failed", "Postmark: 550 no ? room")


def test_a_link_that_was_wiped_is_not_sent_again_empty(row: OutgoingMail) -> None:
    post()
    row.refresh_from_db()
    with pytest.raises(ActionRefused, match="Send a new link"):
        actions.try_again(mail=row)


@pytest.mark.parametrize(
    "news",
    [
        {"kind": "Transient"},
        {"kind": "AutoResponder"},
        {"email": "somebody.else@example.com"},
        {"Metadata": {}},
        {"Metadata": {"mail": "x"}},
        {"Metadata": {"mail": "999999"}},
        {"Metadata": {"mail": "9" * 30}},
        {"email": "ada\0@example.com"},
        {"RecordType": "Delivery"},
    ],
)
def test_other_news_changes_nothing(row: OutgoingMail, news: dict[str, Any]) -> None:
    assert post(**news) == 200
    row.refresh_from_db()
    assert row.state == "sent"


def test_nobody_but_the_provider_is_believed(row: OutgoingMail) -> None:
    assert post(secret="postmark:guessed") == 400
    row.refresh_from_db()
    assert row.state == "sent"
