"""The email log in the admin."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cop_program.clock import now
from forms_ext.base import groups
from forms_ext.mail import actions
from forms_ext.mail.models import OutgoingMail
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
