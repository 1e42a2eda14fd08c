"""Members are told once of all that changed in their sessions: who, when, what, with which calendar entries."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from cop_program import clock
from cop_program.models import Program, SessionPage
from forms_ext.base.errors import ActionRefused
from forms_ext.mail import delivery
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions, session_changes
from forms_ext.programs.models import SessionChange
from forms_ext.registration import queries
from forms_ext.registration.actions import cancel
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, make_registration, make_staff, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

FIRST = datetime(2024, 2, 8, 0, tzinfo=UTC)
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
LATER = START + 31 * MINUTE
JOIN, OTHER_JOIN = "https://meet.example.org/first", "https://meet.example.org/moved"
RECORDING = "https://video.example.org/first"


def add(program: Program, title: str, starts_at: datetime, **values: Any) -> SessionPage:
    page = SessionPage(title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), **values)
    program.page.add_child(instance=page)
    return page


@pytest.fixture
def sessions(program: Program) -> list[SessionPage]:
    """Two sessions, which the members know."""
    return [add(program, "Arriving", FIRST), add(program, "Deciding", FIRST + WEEK)]


@pytest.fixture
def member(program: Program, sessions: list[SessionPage]) -> Registration:
    return pay(make_registration(program))


@pytest.fixture
def holder(program: Program, member: Registration) -> Registration:
    """A person whose place is only held."""
    return make_registration(program, 2)


def publish(page: SessionPage, **values: Any) -> None:
    page = SessionPage.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def move(page: SessionPage, by: timedelta = WEEK * 2) -> None:
    publish(page, starts_at=page.starts_at + by, ends_at=page.ends_at + by)


def told(at: datetime = LATER) -> list[OutgoingMail]:
    """Run the scheduler at that moment; return the emails about sessions so far."""
    with clock.at(at):
        session_changes.tell_due()
    return list(OutgoingMail.objects.filter(kind="sessions_changed").order_by("pk"))


def text(mail: OutgoingMail) -> str:
    return " ".join(mail.text.split())


def entries(mail: OutgoingMail) -> list[tuple[str, str, int]]:
    """Return method, title and sequence of each calendar entry, as the message carries them."""
    found = []
    for part in message_from_bytes(delivery.message(mail).message().as_bytes(), policy=default).iter_attachments():
        calendar = Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        assert part.get_content_type() == "text/calendar"
        assert part.get_param("method") == str(calendar["METHOD"])
        assert str(event["ATTENDEE"]) == f"mailto:{mail.recipient}"
        assert "@" in event["ORGANIZER"]
        found.append((str(calendar["METHOD"]), str(event["SUMMARY"]).rpartition(": ")[2], int(event["SEQUENCE"])))
    return found


# What is said ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "subject", "words", "entry"),
    [
        (
            lambda page: publish(page, is_cancelled=True),
            "Arriving is cancelled",
            "Cancelled: Arriving Wednesday 7 February 2024, 7:00 - 10:00 pm, Eastern Time",
            ("CANCEL", "Arriving", 1),
        ),
        (
            SessionPage.delete,
            "Arriving is cancelled",
            "Cancelled: Arriving Wednesday 7 February 2024, 7:00 - 10:00 pm, Eastern Time",
            ("CANCEL", "Arriving", 1),
        ),
        (SessionPage.unpublish, "Arriving is cancelled", "Cancelled: Arriving", ("CANCEL", "Arriving", 1)),
        (
            move,
            "Arriving has moved",
            "Moved: Arriving Now: Wednesday 21 February 2024, 7:00 - 10:00 pm, Eastern Time "
            "Before: Wednesday 7 February 2024, 7:00 - 10:00 pm, Eastern Time",
            ("REQUEST", "Arriving", 1),
        ),
        (
            lambda page: publish(page, join_link=JOIN),
            "Join link for Arriving",
            f"Arriving Wednesday 7 February 2024, 7:00 - 10:00 pm, Eastern Time Join: {JOIN}",
            ("REQUEST", "Arriving", 0),
        ),
        (
            lambda page: publish(page, recording_link=RECORDING),
            "Recording of Arriving",
            f"Recording: {RECORDING}",
            None,
        ),
    ],
    ids=["cancelled", "deleted", "unpublished", "moved", "join link", "recording"],
)
def test_each_event_is_told_to_members_with_its_entry(
    do: Callable[[SessionPage], Any],
    subject: str,
    words: str,
    entry: tuple[str, str, int] | None,
    sessions: list[SessionPage],
    member: Registration,
    holder: Registration,
) -> None:
    do(sessions[0])
    (mail,) = told()
    assert mail.recipient == member.email
    assert mail.subject == f"{subject}: Nurturing Healthy Culture with Sociocracy"
    assert words in text(mail)
    assert entries(mail) == ([entry] if entry else [])
    assert ("attached" in mail.text) is bool(entry)
    assert "Deciding" not in mail.text


def open_(program: Program) -> None:
    pass


def confirm(program: Program) -> None:
    actions.work_off(actions.confirm_program(program=program, by=None))


def call_off(program: Program) -> None:
    actions.work_off(actions.call_off_program(program=program, by=None))


def close(program: Program) -> None:
    confirm(program)
    Program.objects.filter(pk=program.pk).update(status=Program.Status.CLOSED)


@pytest.mark.parametrize("event", ["cancel", "move", "delete", "join", "record"])
@pytest.mark.parametrize(
    ("state", "is_told"),
    [(open_, True), (confirm, True), (close, True), (call_off, False)],
    ids=["open", "confirmed", "closed", "called off"],
)
def test_who_is_told_in_which_state(
    state: Callable[[Program], None],
    is_told: bool,
    event: str,
    program: Program,
    sessions: list[SessionPage],
    member: Registration,
    holder: Registration,
) -> None:
    state(program)
    {
        "cancel": lambda page: publish(page, is_cancelled=True),
        "move": move,
        "delete": SessionPage.delete,
        "join": lambda page: publish(page, join_link=JOIN),
        "record": lambda page: publish(page, recording_link=RECORDING),
    }[event](sessions[0])
    assert [mail.recipient for mail in told()] == ([member.email] if is_told else [])
    assert not SessionChange.objects.exists()


def test_one_mail_tells_all(program: Program, sessions: list[SessionPage], member: Registration) -> None:
    second = pay(make_registration(program, 2))
    arriving, deciding = sessions
    move(arriving)
    deciding.delete()
    with clock.at(START + 20 * MINUTE):
        add(program, "Extra", FIRST + 3 * WEEK, join_link=JOIN)
    assert told(START + 49 * MINUTE) == []  # twenty-nine quiet minutes
    mails = told(START + 50 * MINUTE)
    assert [mail.recipient for mail in mails] == [member.email, second.email]
    assert mails[0].subject.startswith("3 sessions have changed: ")
    assert re.findall(r"^(\w+): (?:Arr|Dec|Ext)", mails[0].text, re.MULTILINE) == ["Cancelled", "Moved", "New"]
    assert entries(mails[0]) == [("CANCEL", "Deciding", 1), ("REQUEST", "Arriving", 1), ("REQUEST", "Extra", 0)]
    assert told(START + WEEK) == mails  # nothing is told twice


def test_the_entry_has_the_sequence_of_the_feed(
    client: Client, sessions: list[SessionPage], member: Registration
) -> None:
    for _time in range(3):
        sessions[0].refresh_from_db()
        move(sessions[0])
    (mail,) = told()
    feed = Calendar.from_ical(client.get(f"{queries.member_path(member)}calendar.ics").content)
    sequences = {str(event["SUMMARY"]).rpartition(": ")[2]: int(event["SEQUENCE"]) for event in feed.walk("VEVENT")}
    assert sequences == {"Arriving": 3, "Deciding": 0}
    assert entries(mail) == [("REQUEST", "Arriving", 3)]


def test_a_deleted_session_stays_cancelled_in_the_members_calendar(
    client: Client, sessions: list[SessionPage], member: Registration
) -> None:
    sessions[0].delete()
    feed = Calendar.from_ical(client.get(f"{queries.member_path(member)}calendar.ics").content)
    assert {str(event["STATUS"]) for event in feed.walk("VEVENT")} == {"CANCELLED", "CONFIRMED"}


# What is not said ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "undo"),
    [
        (lambda page: publish(page, is_cancelled=True), lambda page: publish(page, is_cancelled=False)),
        (move, lambda page: publish(page, starts_at=page.starts_at, ends_at=page.ends_at)),
        (SessionPage.unpublish, lambda page: publish(page)),
        (lambda page: publish(page, join_link=JOIN), lambda page: publish(page, join_link="")),
        (lambda page: publish(page, recording_link=RECORDING), lambda page: publish(page, recording_link="")),
    ],
    ids=["cancelled", "moved", "unpublished", "join link", "recording"],
)
def test_what_is_undone_in_time_is_not_told(
    do: Callable[[SessionPage], Any],
    undo: Callable[[SessionPage], Any],
    program: Program,
    sessions: list[SessionPage],
    member: Registration,
) -> None:
    do(sessions[0])
    assert session_changes.pending(program) is not None
    with clock.at(START + 20 * MINUTE):
        undo(sessions[0])
    assert session_changes.pending(program) is None
    assert told() == []


def test_a_link_that_is_removed_and_comes_back_is_not_told(sessions: list[SessionPage], member: Registration) -> None:
    publish(sessions[0], join_link=JOIN)
    assert len(told()) == 1
    with clock.at(LATER):
        publish(sessions[0], join_link="")
    assert len(told(LATER + 10 * MINUTE)) == 1
    with clock.at(LATER + 12 * MINUTE):
        publish(sessions[0], join_link=JOIN)
    assert len(told(LATER + 60 * MINUTE)) == 1
    with clock.at(LATER + 70 * MINUTE):
        publish(sessions[0], join_link=OTHER_JOIN)
    assert "Any earlier link no longer works." in told(LATER + 101 * MINUTE)[1].text


def test_what_was_undone_after_it_was_told_is_told(sessions: list[SessionPage], member: Registration) -> None:
    publish(sessions[0], is_cancelled=True)
    told()
    with clock.at(LATER):
        publish(sessions[0], is_cancelled=False)
    _first, second = told(LATER + 31 * MINUTE)
    assert "Taking place after all: Arriving" in second.text
    assert entries(second) == [("REQUEST", "Arriving", 2)]


def test_a_draft_and_a_title_are_not_told(sessions: list[SessionPage], member: Registration) -> None:
    sessions[0].is_cancelled = True
    sessions[0].save_revision()
    publish(sessions[1], title="Deciding well")
    assert told() == []


def test_who_comes_or_goes_meanwhile(program: Program, sessions: list[SessionPage], member: Registration) -> None:
    """Who joined after a change knows it; who joined between two knows the first; who left is told nothing."""
    leaver, between = pay(make_registration(program, 2)), make_registration(program, 3)
    move(sessions[0])
    with clock.at(START + 2 * MINUTE):
        between = pay(between)
        cancel(registration=leaver, by=None)
    with clock.at(START + 4 * MINUTE):
        move(sessions[1])
        publish(sessions[0], starts_at=FIRST + 4 * WEEK, ends_at=FIRST + 4 * WEEK + timedelta(hours=3))
    with clock.at(START + 6 * MINUTE):
        pay(make_registration(program, 4))
    first, second = told(START + 40 * MINUTE)
    assert [first.recipient, second.recipient] == [member.email, between.email]
    assert first.text.count("Before:") == 2
    assert second.text.count("Before:") == 1  # of the one that moved before they came, they know no earlier time
    assert "February 7" not in second.text


def test_nobody_is_told_if_there_was_no_member(program: Program, sessions: list[SessionPage]) -> None:
    move(sessions[0])
    assert not SessionChange.objects.exists()
    with clock.at(START + MINUTE):
        pay(make_registration(program))
    assert told() == []


def test_the_list_of_a_confirmed_program_tells_links(
    program: Program, sessions: list[SessionPage], member: Registration
) -> None:
    publish(sessions[0], join_link=JOIN)
    move(sessions[1])
    confirm(program)
    (listed,) = OutgoingMail.objects.filter(kind="program_confirmed")
    assert JOIN in listed.text
    (mail,) = told()
    assert mail.subject.startswith("Deciding has moved")


def test_a_session_that_begins_soon_is_told_sooner(sessions: list[SessionPage], member: Registration) -> None:
    with clock.at(FIRST - 50 * MINUTE):
        publish(sessions[0], join_link=JOIN)
    assert told(FIRST - 47 * MINUTE) == []
    assert len(told(FIRST - 45 * MINUTE)) == 1


# Send now, and don't tell ----------------------------------------------------------------------


def test_send_now(program: Program, sessions: list[SessionPage], member: Registration) -> None:
    move(sessions[0])
    assert session_changes.tell_now(program=program, by=make_staff()) == 1
    assert len(told()) == 1
    with pytest.raises(ActionRefused, match="nothing to tell"):
        session_changes.tell_now(program=program, by=None)


def test_dont_tell(program: Program, sessions: list[SessionPage], member: Registration) -> None:
    move(sessions[0])
    session_changes.dont_tell(program=program, by=make_staff())
    assert told() == []
    with pytest.raises(ActionRefused, match="nothing to tell"):
        session_changes.dont_tell(program=program, by=None)
    publish(SessionPage.objects.get(pk=sessions[0].pk), is_cancelled=True)
    (mail,) = told()
    assert "Wednesday 21 February" in mail.text  # when they would have come


def test_more_members_cost_no_more_queries_each(
    program: Program, sessions: list[SessionPage], member: Registration, django_assert_max_num_queries: Any
) -> None:
    pay(make_registration(program, 2))
    pay(make_registration(program, 3))
    move(sessions[0])
    with django_assert_max_num_queries(12):
        assert session_changes.pending(program)
    with django_assert_max_num_queries(70):
        session_changes.tell_now(program=program, by=None)
