"""Join links and recordings: who is told, when, and where they never appear."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cop_program import clock
from cop_program.models import Program, SessionPage
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration import queries
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import make_registration, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

FIRST = datetime(2024, 2, 8, 0, tzinfo=UTC)
JOIN, OTHER_JOIN = "https://meet.example.org/first", "https://meet.example.org/moved"
RECORDING, BETTER_RECORDING = "https://video.example.org/first", "https://video.example.org/cut"


@pytest.fixture
def member(program: Program) -> Registration:
    return pay(make_registration(program))


@pytest.fixture
def waiting_to_pay(program: Program, member: Registration) -> Registration:
    """A person whose place is only held."""
    return make_registration(program, 2)


@pytest.fixture
def session(program: Program, waiting_to_pay: Registration) -> SessionPage:
    page: SessionPage = program.page.add_child(
        instance=SessionPage(title="Arriving", starts_at=FIRST, ends_at=FIRST + timedelta(hours=3))
    )
    return page


def publish(session: SessionPage, **values: str) -> list[tuple[str, str]]:
    """Publish changes of a session as the admin does; return the type and recipient of each email."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    page = SessionPage.objects.get(pk=session.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return list(OutgoingMail.objects.exclude(pk__in=before).values_list("kind", "recipient"))


def last_text() -> str:
    return OutgoingMail.objects.latest("pk").text


def test_members_are_told_of_each_link_that_is_added_or_changed(session: SessionPage, member: Registration) -> None:
    assert publish(session, join_link=JOIN) == [("session_join_link", member.email)]
    assert publish(session, join_link=JOIN) == []
    assert publish(session, title="Arriving well") == []
    assert publish(session, join_link=OTHER_JOIN) == [("session_join_link", member.email)]
    assert publish(session, recording_link=RECORDING) == [("session_recording", member.email)]
    assert publish(session, recording_link=BETTER_RECORDING) == [("session_recording", member.email)]
    assert publish(session, join_link="") == []


def test_the_mail_says_which_link_and_when_in_the_members_zone(session: SessionPage, member: Registration) -> None:
    publish(session, join_link=JOIN)
    text = " ".join(last_text().split())
    assert JOIN in text
    assert "Arriving" in text
    assert "Wednesday 7 February 2024, 7:00 - 10:00 pm, Eastern Time" in text


def test_a_draft_tells_nobody(session: SessionPage, member: Registration) -> None:
    count = OutgoingMail.objects.count()
    session.join_link = JOIN
    session.save_revision()
    assert OutgoingMail.objects.count() == count


def test_confirmation_tells_every_member_all_join_links(
    session: SessionPage, program: Program, member: Registration
) -> None:
    publish(session, join_link=JOIN)
    actions.work_off(actions.confirm_program(program=program, by=None))
    (mail,) = OutgoingMail.objects.filter(kind="program_confirmed")
    assert mail.recipient == member.email
    assert JOIN in mail.text


def test_a_recording_that_comes_after_the_end_is_told_too(
    session: SessionPage, program: Program, member: Registration
) -> None:
    actions.work_off(actions.confirm_program(program=program, by=None))
    with clock.at(datetime(2024, 6, 28, tzinfo=UTC)):
        program.refresh_from_db()
        actions.close_program(program=program, by=None)
        assert publish(session, recording_link=RECORDING) == [("session_recording", member.email)]


def test_nobody_is_told_of_a_program_that_was_called_off(session: SessionPage, program: Program) -> None:
    actions.work_off(actions.call_off_program(program=program, by=None, reason="Too few."))
    assert publish(session, join_link=JOIN) == []


def test_the_members_page_shows_the_links_and_the_public_page_does_not(
    session: SessionPage, member: Registration, client: Client
) -> None:
    publish(session, join_link=JOIN, recording_link=RECORDING)
    private = client.get(urlsplit(queries.member_url(member)).path).content.decode()
    public = client.get(SessionPage.objects.get(pk=session.pk).url or "").content.decode()
    for link in (JOIN, RECORDING):
        assert link in private
        assert link not in public
