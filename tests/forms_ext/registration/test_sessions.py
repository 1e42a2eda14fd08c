"""Join links and recordings: where members find them, and where they never appear."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cop_program.models import Program, SessionPage
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration import queries
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import make_registration, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

FIRST = datetime(2024, 2, 8, 0, tzinfo=UTC)
JOIN, RECORDING = "https://meet.example.org/first", "https://video.example.org/first"


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


def publish(session: SessionPage, **values: str) -> None:
    """Publish changes of a session as the admin does."""
    page = SessionPage.objects.get(pk=session.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_confirmation_tells_every_member_all_join_links(
    session: SessionPage, program: Program, member: Registration
) -> None:
    publish(session, join_link=JOIN)
    actions.work_off(actions.confirm_program(program=program, by=None))
    (mail,) = OutgoingMail.objects.filter(kind="program_confirmed")
    assert mail.recipient == member.email
    assert JOIN in mail.text


def test_the_members_page_shows_the_links_and_the_public_page_does_not(
    session: SessionPage, member: Registration, client: Client
) -> None:
    publish(session, join_link=JOIN, recording_link=RECORDING)
    private = client.get(urlsplit(queries.member_url(member)).path).content.decode()
    public = client.get(SessionPage.objects.get(pk=session.pk).url or "").content.decode()
    for link in (JOIN, RECORDING):
        assert link in private
        assert link not in public
