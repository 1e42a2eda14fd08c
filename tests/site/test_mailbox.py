"""The mailbox and the clock of the demo."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo import mailbox
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from pytest_django.live_server_helper import LiveServer

from cop_program import clock
from forms_ext.base import private_files
from forms_ext.mail import actions, email_types
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def demo(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.COP_DEMO = True
    settings.COP_MAILBOX_DIR = tmp_path / "mailbox"
    settings.COP_CLOCK_FILE = tmp_path / "clock.json"
    settings.MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
    monkeypatch.setitem(email_types._types, WELCOME.name, WELCOME)


@pytest.fixture
def sent(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> mailbox.Mail:
    path = private_files.save("invoices/1.pdf", b"%PDF-1.7")
    with django_capture_on_commit_callbacks(execute=True):
        actions.send(
            kind=WELCOME.name,
            to="ada@example.com",
            fields=VALUES,
            secrets={"link": LINK},
            attachments=[actions.Attachment(path, "invoice.pdf", "application/pdf")],
        )
    (mail,) = mailbox.all_mails()
    return mail


def test_the_list_gives_subject_address_text_and_working_links_as_data(client: Client, sent: mailbox.Mail) -> None:
    data = client.get(reverse("demo:mailbox"), {"format": "json"}).json()
    (mail,) = data["mails"]
    assert (mail["subject"], mail["to"]) == ("You are welcome: Tea & Talk", "ada@example.com")
    assert LINK in mail["text"]
    assert LINK in mail["links"]
    assert mail["attachments"] == [{"name": "invoice.pdf", "content_type": "application/pdf"}]
    assert client.get(reverse("demo:mailbox"), {"format": "json", "to": "bea@"}).json()["count"] == 0


def test_the_html_of_a_mail_may_run_nothing(client: Client, sent: mailbox.Mail) -> None:
    response = client.get(reverse("demo:mail_html", args=[sent.name]))
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert LINK.replace("&", "&amp;") in response.content.decode()


def test_an_attachment_is_downloaded_as_it_was_sent(client: Client, sent: mailbox.Mail) -> None:
    response = client.get(reverse("demo:mail_attachment", args=[sent.name, 0]))
    assert response.content == b"%PDF-1.7"
    assert 'filename="invoice.pdf"' in response["Content-Disposition"]
    assert client.get(reverse("demo:mail_attachment", args=[sent.name, 1])).status_code == 404


@pytest.mark.parametrize("name", ["..", "x", "20260101T000000000000Z-00000000"])
def test_no_other_file_can_be_read(client: Client, sent: mailbox.Mail, name: str) -> None:
    assert client.get(f"/demo/mailbox/{name}/html/").status_code == 404


def test_pages_are_not_there_outside_of_the_demo(client: Client, sent: mailbox.Mail, settings: Settings) -> None:
    settings.COP_DEMO = False
    for address in (reverse("demo:mailbox"), reverse("demo:mail_html", args=[sent.name]), reverse("demo:clock")):
        assert client.get(address).status_code == 404


def test_the_clock_moves_and_goes_back(client: Client) -> None:
    client.post(reverse("demo:clock"), {"days": "2", "hours": "3"})
    assert clock.offset() == timedelta(days=2, hours=3)
    client.post(reverse("demo:clock"), {"days": "-1", "hours": "0"})
    assert clock.offset() == timedelta(days=1, hours=3)
    client.post(reverse("demo:clock"), {"reset": "1"})
    assert clock.offset() == timedelta()


def test_a_page_shows_a_mail_with_links_that_can_be_pressed(client: Client, sent: mailbox.Mail) -> None:
    page = client.get(reverse("demo:mail", args=[sent.name])).content.decode()
    assert f'<a href="{LINK.replace("&", "&amp;")}">' in page
    assert "invoice.pdf" in page
    assert sent.subject.replace("&", "&amp;") in client.get(reverse("demo:mailbox")).content.decode()
    assert "Move the clock" in client.get(reverse("demo:clock")).content.decode()


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_accessible(page: Page, live_server: LiveServer, width: int) -> None:
    actions.send(kind=WELCOME.name, to="ada@example.com", fields=VALUES, secrets={"link": LINK})
    (mail,) = mailbox.all_mails()
    page.set_viewport_size({"width": width, "height": 844})
    for address in (reverse("demo:mailbox"), reverse("demo:mail", args=[mail.name]), reverse("demo:clock")):
        page.goto(live_server.url + address)
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
