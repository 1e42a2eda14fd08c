"""From `send` to what the recipient gets."""

import re

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from forms_ext.base import private_files
from forms_ext.mail import actions, encryption
from forms_ext.mail.models import OutgoingMail
from forms_ext.mail.rendering import MASK
from tests.forms_ext.mail.kinds import LINK, VALUES

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def send(**more: object) -> OutgoingMail:
    given: dict[str, object] = {
        "kind": "test.welcome",
        "to": "ada@example.com",
        "to_name": "Ada",
        "fields": VALUES,
        "secrets": {"link": LINK},
    }
    return actions.send(**(given | more))  # type: ignore[arg-type]


def test_a_mail_goes_out_after_the_commit_in_both_forms(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    path = private_files.save("invoices/1.pdf", b"%PDF")
    with django_capture_on_commit_callbacks(execute=True):
        row = send(
            reply_to="host@example.org", attachments=[actions.Attachment(path, "invoice.pdf", "application/pdf")]
        )
        assert not outbox.outbox
    (sent,) = outbox.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    row.refresh_from_db()
    assert sent.subject == "You are welcome: Tea & Talk"
    assert sent.to == ["Ada <ada@example.com>"]
    assert sent.reply_to == ["host@example.org"]
    assert sent.extra_headers["Message-ID"] == row.message_id
    assert LINK in sent.body
    ((html, _kind),) = sent.alternatives
    assert isinstance(html, str)
    assert html.count(LINK.replace("&", "&amp;")) == 3
    assert "Tea &amp; Talk" in html
    assert "<style" not in html.split("@media")[0] or "@media" in html
    assert [(a.filename, a.content, a.mimetype) for a in sent.attachments] == [
        ("invoice.pdf", b"%PDF", "application/pdf")
    ]
    assert (row.state, row.secrets) == (OutgoingMail.State.SENT, "")


def test_the_outbox_never_holds_a_personal_link(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    row = send()
    assert "secret-bits" not in row.text + row.html + row.subject + row.secrets + str(row.fields)
    assert encryption.unlock(row.secrets) == {"link": LINK}


def test_the_preview_masks_personal_links() -> None:
    shown = actions.preview(kind="test.welcome", fields=VALUES | {"link": LINK})
    assert "secret-bits" not in shown.text + shown.html
    assert MASK in shown.text
    assert MASK in shown.html


def test_values_are_escaped_and_headers_stay_on_one_line() -> None:
    row = send(
        to_name="Eve\r\nBcc: x@example.com",
        fields=VALUES | {"program": "A\r\nBcc: x@example.com <script>alert(1)</script>{link}"},
    )
    assert "\n" not in row.subject + row.recipient_name
    assert "<script>" not in re.sub(r'"[^"]*"', "", row.html)
    assert "&lt;script&gt;" in row.html


@pytest.mark.parametrize("address", ["ada@example.com\nBcc: x@example.com", "nobody", "a@b@c.example"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        send(to=address)


def test_a_missing_value_or_link_is_named() -> None:
    with pytest.raises(LookupError, match="program"):
        send(fields={"name": "Ada", "page": "https://example.org/"})
    with pytest.raises(LookupError, match="link"):
        send(secrets={})


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_tells_nobody() -> None:
    class Stop(Exception):
        pass

    def write_and_stop() -> None:
        with transaction.atomic():
            send()
            raise Stop

    with pytest.raises(Stop):
        write_and_stop()
    assert not outbox.outbox
    assert not OutgoingMail.objects.exists()
    send()
    assert len(outbox.outbox) == 1
