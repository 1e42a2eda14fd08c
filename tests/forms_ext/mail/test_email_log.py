"""The email log in the admin."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cop_program.clock import now
from forms_ext.base import groups
from forms_ext.mail import actions
from forms_ext.mail.models import MailAttachment, OutgoingMail
from forms_ext.mail.rendering import MASK
from tests.forms_ext.mail.kinds import LINK, VALUES

pytestmark = [pytest.mark.django_db]

OUTBOX = "/admin/cop/outbox/"
RESULTS = "/admin/cop/outbox/results/"


def sign_in(client: Client, group: str) -> None:
    user = User.objects.create_user(group)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)


def write(number: int = 0, **state: object) -> OutgoingMail:
    mail = actions.send(
        kind="test.welcome", to=f"p{number}@example.com", fields=VALUES, secrets={"link": LINK}, scope="program:1"
    )
    OutgoingMail.objects.filter(pk=mail.pk).update(**state)
    mail.refresh_from_db()
    return mail


def test_staff_see_what_went_to_whom_and_what_will_be_tried_again(client: Client) -> None:
    sign_in(client, groups.STAFF)
    write(1, state="sent", sent_at=now())
    write(2, attempts=2, next_attempt_at=now() + timedelta(hours=1))
    page = client.get(OUTBOX).content.decode()
    for words in ("p1@example.com", "p2@example.com", "Sent", "next attempt", "Welcome"):
        assert words in page


def test_staff_see_what_was_not_sent_because_it_is_out_of_date(client: Client) -> None:
    sign_in(client, groups.STAFF)
    mail = write(1, state="failed", last_moment=now() - timedelta(hours=1))
    url = reverse("forms_ext_mail:mail", args=[mail.pk])
    assert "Try again" not in client.get(url).content.decode()
    assert actions.withdraw(kinds=[mail.kind], about=mail.about) == 1
    page = client.get(url).content.decode()
    for words in ("Out of date, not sent", "Not sent after", "Email out of date, not sent"):
        assert words in page
    assert "Out of date, not sent" in client.get(OUTBOX).content.decode()


def test_filters_and_search_narrow_the_list(client: Client) -> None:
    sign_in(client, groups.STAFF)
    write(1, state="failed")
    write(2, state="sent", sent_at=now())
    for query in ({"state": "failed"}, {"q": "p1@"}):
        page = client.get(RESULTS, query).content.decode()
        assert "p1@example.com" in page
        assert "p2@example.com" not in page


def test_a_mail_is_shown_with_its_personal_link_masked(client: Client) -> None:
    sign_in(client, groups.STAFF)
    page = client.get(reverse("forms_ext_mail:mail", args=[write().pk])).content.decode()
    assert "Dear Ada" in page
    assert MASK in page
    assert "secret-bits" not in page


def test_a_failed_mail_is_tried_again_by_a_button(client: Client) -> None:
    sign_in(client, groups.STAFF)
    mail = write(state="failed", attempts=8, last_error="TimeoutError")
    url = reverse("forms_ext_mail:mail", args=[mail.pk])
    assert "Try again now" in client.get(url).content.decode()
    assert "Email retried" in client.post(url, follow=True).content.decode()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("queued", 0)
    OutgoingMail.objects.update(state="sent")
    assert "cannot be sent again" in client.post(url, follow=True).content.decode()


def many(verb: str) -> str:
    return reverse("wagtail_bulk_action", args=["forms_ext", "outgoingmail", verb])


def test_many_emails_are_tried_again_after_an_outage(client: Client) -> None:
    sign_in(client, groups.STAFF)
    rows = [write(number, state="failed", attempts=9) for number in range(3)] + [write(3, state="sent", sent_at=now())]
    chosen = " ".join(str(row.pk) for row in rows)
    shown = client.post(many("try_again"), {"rows": chosen, "next": f"{OUTBOX}?state=failed"})
    assert "Try again (3)" in shown.text
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"failed", "sent"}
    sent = {"rows": shown.context["selection"], "next": f"{OUTBOX}?state=failed", "confirmed": "1"}
    assert "3 emails will be sent now." in client.post(many("try_again"), sent, follow=True).text
    assert [row.state for row in OutgoingMail.objects.order_by("pk")] == ["queued"] * 3 + ["sent"]


def test_a_sent_email_is_sent_once_more(client: Client) -> None:
    sign_in(client, groups.STAFF)
    mail = write(state="sent", sent_at=now(), secrets="", text="Hello", html="<p>Hello</p>")
    MailAttachment.objects.create(mail=mail, storage_path="receipt:R-1", file_name="R-1.pdf", content_type="a/pdf")
    MailAttachment.objects.create(mail=mail, content="BEGIN:VCALENDAR", file_name="1.ics", content_type="text/calendar")
    url = reverse("forms_ext_mail:mail", args=[mail.pk])
    assert "Send again" in client.get(url).text
    answer = client.post(url, {"again": "1"}, follow=True)
    copy = OutgoingMail.objects.exclude(pk=mail.pk).get()
    assert answer.redirect_chain[-1][0] == reverse("forms_ext_mail:mail", args=[copy.pk])
    same = ("kind", "recipient", "subject", "text", "html", "about", "scope", "language")
    assert [getattr(copy, name) for name in same] == [getattr(mail, name) for name in same]
    assert copy.message_id != mail.message_id
    enclosed = ("storage_path", "content", "file_name", "content_type")
    assert set(copy.attachments.values_list(*enclosed)) == set(mail.attachments.values_list(*enclosed))
    assert "Email sent again" in client.get(url).text


def test_an_email_with_a_link_for_one_use_is_not_sent_again(client: Client) -> None:
    sign_in(client, groups.STAFF)
    mail = write(state="sent", sent_at=now(), secrets="")
    url = reverse("forms_ext_mail:mail", args=[mail.pk])
    assert "Send a new link instead." in client.post(url, {"again": "1"}, follow=True).text
    assert OutgoingMail.objects.count() == 1


def test_who_may_only_read_the_log_sends_nothing(client: Client) -> None:
    user = User.objects.create_user("reader")
    names = ["access_admin", "view_outgoingmail"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    mail = write(state="failed")
    url = reverse("forms_ext_mail:mail", args=[mail.pk])
    assert "Try again now" not in client.get(url).text
    client.post(url)
    client.post(many("try_again"), {"rows": str(mail.pk), "confirmed": "1"})
    mail.refresh_from_db()
    assert mail.state == "failed"


@pytest.mark.parametrize("group", [groups.EDITORS, groups.REVIEWERS])
def test_others_see_no_mail(client: Client, group: str) -> None:
    sign_in(client, group)
    mail = write(state="failed")
    for url in (OUTBOX, RESULTS, reverse("forms_ext_mail:mail", args=[mail.pk])):
        assert client.get(url).status_code == 302
    client.post(reverse("forms_ext_mail:mail", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == "failed"


def test_more_mails_cost_no_more_queries(client: Client) -> None:
    sign_in(client, groups.STAFF)
    client.get(OUTBOX)
    counts = []
    for number in range(3):
        write(number)
        with CaptureQueriesContext(connection) as queries:
            client.get(OUTBOX)
        counts.append(len(queries))
    assert counts[0] == counts[2]
