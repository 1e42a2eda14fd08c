"""Emails that cannot be sent at once."""

import logging
import re
import smtplib
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.errors import ObsoleteHeaderDefect
from email.utils import parseaddr

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from pytest_django import Settings

from cop_program.clock import now
from cop_program.email_addresses import for_servers
from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.mail import actions, delivery, encryption
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.mail.kinds import LINK, VALUES

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

State = OutgoingMail.State
REFUSED = smtplib.SMTPRecipientsRefused({"ada@example.com": (550, b"5.1.1 <ada@example.com> unknown")})
GREYLISTED = smtplib.SMTPRecipientsRefused({"ada@example.com": (451, b"try again <ada@example.com>")})


@pytest.fixture
def row() -> OutgoingMail:
    return actions.send(kind="test.welcome", to="ada@example.com", to_name="Ada", fields=VALUES, secrets={"link": LINK})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | None], None]:
    """Let the email server fail from now on, or work again."""

    def answers(error: Exception | None) -> None:
        def send(self: EmailMultiAlternatives, **kwargs: object) -> int:
            if error is None:
                outbox.outbox.append(self)
                return 1
            raise error

        monkeypatch.setattr(EmailMultiAlternatives, "send", send)

    return answers


def test_a_mail_is_tried_again_ever_later_and_goes_out(
    row: OutgoingMail, server: Callable[[Exception | None], None]
) -> None:
    with time_machine.travel("2099-01-01T00:00:00Z", tick=False) as clock:
        server(ConnectionRefusedError("connection refused"))
        delivery.deliver_due()
        for attempts, minutes in ((1, 1), (2, 2), (3, 4)):
            for seconds, expected in ((minutes * 60 - 1, attempts), (1, attempts + 1)):
                clock.shift(seconds)
                delivery.deliver_due()
                row.refresh_from_db()
                assert (row.state, row.attempts) == (State.QUEUED, expected)
        server(None)
        clock.shift(timedelta(hours=1))
        assert delivery.deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.last_error, row.secrets, len(outbox.outbox)) == (State.SENT, "", "", 1)


def test_a_server_that_is_away_for_days_loses_no_email() -> None:
    """RFC 5321, 4.5.4.1: the give-up time generally needs to be at least 4-5 days."""
    attempts = next(number for number in range(1, 100) if delivery.is_over(number))
    before_last = sum((delivery.wait(number) for number in range(1, attempts)), timedelta())
    assert timedelta(days=4, hours=18) <= before_last <= timedelta(days=5)
    assert [delivery.wait(number).total_seconds() / 60 for number in (1, 2, 3, 9, 10, 28)] == [1, 2, 4, 256, 360, 360]
    within_two_hours = sum(delivery.wait(number) <= timedelta(hours=2) for number in range(1, attempts))
    assert within_two_hours >= 7, "soon after a short outage it goes out"


def test_it_is_given_up_after_so_many_attempts_and_staff_may_try_again(
    row: OutgoingMail, server: Callable[[Exception | None], None], settings: Settings
) -> None:
    settings.COP_MAIL_RETRY_DAYS, settings.COP_MAIL_RETRY_SECONDS = 0, 1
    server(TimeoutError("timed out"))
    for day in (1, 2, 3):
        with time_machine.travel(f"2099-01-0{day}T00:00:00Z"):
            delivery.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == (State.FAILED, 1, "TimeoutError: timed out")
    server(None)
    actions.try_again(mail=row)
    assert delivery.deliver(row.pk)
    assert LINK in outbox.outbox[0].body


def test_what_is_out_of_date_is_dropped(server: Callable[[Exception | None], None]) -> None:
    with time_machine.travel("2099-01-01T00:00:00Z", tick=False) as clock:
        given = {"kind": "test.welcome", "fields": VALUES, "secrets": {"link": LINK}, "to": "ada@example.com"}
        row = actions.send(**given, last_moment=now() + timedelta(hours=1))  # type: ignore[arg-type]
        server(TimeoutError("timed out"))
        delivery.deliver(row.pk)
        server(None)
        clock.shift(timedelta(hours=2))
        assert delivery.deliver_due() == 0
        row.refresh_from_db()
        assert (row.state, row.secrets, row.next_attempt_at, outbox.outbox) == (State.DROPPED, "", None, [])
        for again in (actions.try_again, actions.send_again):
            with pytest.raises(ActionRefused, match="out of date"):
                again(mail=row)


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    row: OutgoingMail, server: Callable[[Exception | None], None]
) -> None:
    server(REFUSED)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.FAILED, 1)


def test_an_address_that_is_refused_for_now_is(row: OutgoingMail, server: Callable[[Exception | None], None]) -> None:
    server(GREYLISTED)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.QUEUED


@pytest.mark.parametrize("error", [REFUSED, GREYLISTED, ValueError("Invalid address ada@example.com")])
def test_neither_log_nor_row_holds_an_address(
    row: OutgoingMail,
    server: Callable[[Exception | None], None],
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    caplog.set_level(logging.DEBUG)
    server(error)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert row.last_error
    assert "@" not in caplog.text + row.last_error


NAMES = [
    "Łukasz: Bcc: x@y.org",
    "Łukasz: Bcc:",
    "Łukasz, Müller; Söhne",
    "Łukasz <x@y.org>",
    'Łukasz "Bcc" \\',
    "Łukasz\r\nBcc: x@y.org",
    "Dr. Łukasz (Bcc)",
    "=?utf-8?q?x=40y=2Eorg?=",
    "Group: Łukasz;",
    "Ł" * 78,
    "Ada Lovelace",
]
PEOPLE = ["ada@example.org", "anna@müller.de", "anna@faß.de"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("address", PEOPLE)
def test_every_name_and_address_make_one_recipient(row: OutgoingMail, name: str, address: str) -> None:
    row.recipient, row.recipient_name, row.reply_to = address, name, "buero@exämple.org"
    sent = message_from_bytes(delivery.message(row).message().as_bytes(), policy=policy.default)
    assert [one.addr_spec for one in sent["To"].addresses] == [for_servers(address)]
    assert {type(defect) for defect in sent["To"].defects} <= {ObsoleteHeaderDefect}, "a period in a name"
    assert sent["Bcc"] is None
    assert [one.addr_spec for one in sent["Reply-To"].addresses] == ["buero@xn--exmple-cua.org"]


def test_only_what_failed_or_waits_can_be_tried_again(row: OutgoingMail) -> None:
    delivery.deliver(row.pk)
    with pytest.raises(ActionRefused):
        actions.try_again(mail=row)


def test_a_slow_worker_does_not_overwrite_the_one_that_took_over(
    row: OutgoingMail, server: Callable[[Exception | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(self: EmailMultiAlternatives, **kwargs: object) -> int:
        OutgoingMail.objects.filter(pk=row.pk).update(state=State.SENT, claimed_at=None, secrets="")
        raise TimeoutError

    monkeypatch.setattr(EmailMultiAlternatives, "send", slow)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_missing_attachment_is_a_failure_to_try_again() -> None:
    row = actions.send(
        kind="test.welcome",
        to="ada@example.com",
        fields=VALUES,
        secrets={"link": LINK},
        attachments=[actions.Attachment("nowhere.pdf", "invoice.pdf", "application/pdf")],
    )
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, len(outbox.outbox)) == (State.QUEUED, 0)


def test_a_new_secret_key_still_opens_what_the_old_one_locked(row: OutgoingMail, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one"
    assert delivery.deliver(row.pk)
    assert LINK in outbox.outbox[0].body


def test_a_lost_key_fails_the_mail_for_good(row: OutgoingMail, settings: Settings) -> None:
    settings.SECRET_KEY = "a new one"
    with pytest.raises(encryption.SecretsLost):
        encryption.unlock(row.secrets)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_the_setting_of_django_6_0_works_too(row: OutgoingMail, settings: Settings) -> None:
    del settings.MAILERS
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert not hasattr(django_settings, "MAILERS")
    assert delivery.deliver(row.pk)
    assert len(outbox.outbox) == 1


def findings() -> str:
    return "\n".join(
        f"{found.check}: {found.text}" for found in consistency.run_all() if found.check.startswith("mail")
    )


def test_the_audit_finds_mails_that_are_stuck_and_secrets_that_were_left(row: OutgoingMail) -> None:
    assert findings() == ""
    with time_machine.travel("2099-01-01T00:00:00Z"):
        assert f"mail {row.pk}" in findings().lower()
    OutgoingMail.objects.update(state=State.SENT, sent_at=row.created_at)
    assert "secret" in findings()
    OutgoingMail.objects.update(secrets="")
    assert findings() == ""
    OutgoingMail.objects.update(state=State.FAILED)
    assert "failed" in findings()


def test_the_tick_sends_what_is_due(row: OutgoingMail) -> None:
    call_command("cop_tick")
    row.refresh_from_db()
    assert row.state == State.SENT


@pytest.mark.parametrize(
    "name",
    [
        "Lovelace, Ada Augusta King, Countess of Lovelace and of more places",
        "Ada (the first; of: many) Augusta King-Noel, Countess of Lovelace, and so on",
        'Ada "the Countess" Augusta King-Noel, Countess of Lovelace, and so on, and so on',
        "Dr. Ädä Łovelace, M. D., Ph. D., of the University of Somewhere, Far Away",
        "J.R.R. Tolkien",
        "山田 太郎",
    ],
)
def test_a_name_never_makes_a_second_recipient(name: str) -> None:
    to = "somebody.with.a.long.address@department.example.com"
    row = actions.send(kind="test.welcome", to=to, to_name=name, fields=VALUES, secrets={"link": LINK})
    message = delivery.message(row)
    read = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert [one.addr_spec for one in read["to"].addresses] == [to]
    assert [parseaddr(one)[1] for one in message.recipients()] == [to]
    assert set(re.findall(r"\w+", read["to"].addresses[0].display_name)) == set(re.findall(r"\w+", name))


def test_an_international_domain_can_be_written_to() -> None:
    row = actions.send(
        kind="test.welcome",
        to="ada@müller.example",
        reply_to="eve@bücher.example",
        fields=VALUES,
        secrets={"link": LINK},
    )
    message = delivery.message(row)
    assert (message.to, message.reply_to) == (["ada@xn--mller-kva.example"], ["eve@xn--bcher-kva.example"])


@pytest.mark.parametrize("error", [None, TimeoutError("timed out")])
def test_a_slow_worker_does_not_end_the_attempt_of_another(
    row: OutgoingMail, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    later = now() + timedelta(hours=1)

    def send(self: EmailMultiAlternatives, **kwargs: object) -> int:
        OutgoingMail.objects.filter(pk=row.pk).update(claimed_at=later)
        if error:
            raise error
        return 1

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.claimed_at, row.last_error) == (State.SENDING, later, "")
