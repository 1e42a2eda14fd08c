"""What editors and staff see of changed sessions before the members are told, and what they can do about it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cop_program.models import Program, SessionPage
from forms_ext.admission import places
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs.models import SessionChange
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import make_registration, pay
from tests.forms_ext.ledger.factories import make_issuer

pytestmark = pytest.mark.django_db

FIRST = datetime(2024, 2, 8, 0, tzinfo=UTC)
SAID = "1 member will be emailed what has changed in the sessions"
WHEN = "9:30 am on Wednesday 10 January 2024, Pacific time"
ClientOf = Callable[[str], Client]


@pytest.fixture
def member(program: Program) -> Registration:
    make_issuer()
    places.set_capacity(program=program, capacity=9)
    return pay(make_registration(program), on=date(2024, 1, 9))


@pytest.fixture
def session(program: Program, member: Registration) -> SessionPage:
    """A session that has been cancelled and deleted by an editor: the page of another is there."""
    pages = [
        SessionPage(title=title, starts_at=FIRST + gap, ends_at=FIRST + gap + timedelta(hours=3))
        for title, gap in (("Arriving", timedelta()), ("Deciding", timedelta(days=7)))
    ]
    for page in pages:
        program.page.add_child(instance=page)
    SessionChange.objects.all().delete()  # nothing is new to the member
    pages[0].is_cancelled = True
    pages[0].save_revision().publish()
    return pages[1]


@pytest.mark.parametrize("role", ["administrator", "editor"])
def test_the_editors_show_it_with_both_buttons(
    role: str, client_of: ClientOf, program: Program, session: SessionPage
) -> None:
    client = client_of(role)
    for page in (program.page, session):
        shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text
        assert SAID in shown
        assert WHEN in shown
        assert "Cancelled: Arriving" in shown
        for name in ("tell_changes", "dont_tell"):
            assert reverse(f"cop_programs:{name}", args=[program.pk]) in shown


def test_the_dashboard_shows_it(client_of: ClientOf, program: Program, session: SessionPage) -> None:
    url = reverse("cop_programs:program", args=[program.pk])
    shown = client_of("staff").get(url).text
    assert SAID in shown
    assert reverse("cop_programs:tell_changes", args=[program.pk]) in shown
    SessionChange.objects.all().delete()
    assert "Changed sessions" not in client_of("staff").get(url).text


@pytest.mark.parametrize("role", ["staff", "editor"])
def test_send_now_shows_the_email_without_naming_a_member(
    role: str, client_of: ClientOf, program: Program, session: SessionPage, member: Registration
) -> None:
    client, url = client_of(role), reverse("cop_programs:tell_changes", args=[program.pk])
    shown = client.get(url).text
    assert "Arriving is cancelled: Nurturing Healthy Culture" in shown
    assert "arriving.ics" in shown
    assert member.email not in shown
    assert member.name not in shown
    assert not OutgoingMail.objects.filter(kind="sessions_changed").exists()
    back = reverse("wagtailadmin_pages:edit", args=[session.pk])
    answer = client.post(f"{url}?next={back}")
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert [mail.recipient for mail in OutgoingMail.objects.filter(kind="sessions_changed")] == [member.email]
    again = client.post(f"{url}?next=//evil.example")
    assert again.status_code == 409
    assert "There is nothing to tell" in again.text
    assert "evil.example" not in again.text.replace("next=//evil.example", "")


def test_dont_tell_drops_it(client_of: ClientOf, program: Program, session: SessionPage) -> None:
    url = reverse("cop_programs:dont_tell", args=[program.pk])
    assert "Cancelled: Arriving" in client_of("staff").get(url).text
    client_of("staff").post(url)
    assert not SessionChange.objects.exists()
    assert not OutgoingMail.objects.filter(kind="sessions_changed").exists()


def test_others_see_and_do_nothing(client_of: ClientOf, program: Program, session: SessionPage) -> None:
    for name in ("tell_changes", "dont_tell"):
        client_of("reviewer").post(reverse(f"cop_programs:{name}", args=[program.pk]))
    assert SessionChange.objects.exists()
    assert not OutgoingMail.objects.filter(kind="sessions_changed").exists()


def test_deleting_a_session_says_what_follows(client_of: ClientOf, session: SessionPage) -> None:
    answer = client_of("administrator").post(
        reverse("wagtailadmin_pages:delete", args=[session.pk]), {"next": "/admin/"}, follow=True
    )
    assert "1 member will be emailed what has changed" in answer.text
    assert "Don&#x27;t tell" in answer.text
