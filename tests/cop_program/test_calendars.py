"""The calendar of a program: what RFC 5545 requires and what vobject reads."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from django.test import Client

from cop_program.models import Program, ProgramPage, SessionPage
from tests.cop_program.conftest import FIRST, SECRET_LINK, SECRET_RECORDING, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
LONG = "Ü" * 120 + "; commas, semicolons; a back\\slash\nand another line"


def fetch(page: ProgramPage) -> bytes:
    response = Client().get(f"/cop/calendar/{page.pk}.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return response.content


def events(page: ProgramPage) -> list[Any]:
    calendar = vobject.readOne(fetch(page).decode())
    calendar.validate(raiseException=True)
    return sorted(calendar.contents.get("vevent", []), key=lambda event: event.dtstart.value)


def event(page: ProgramPage) -> Any:
    (only,) = events(page)
    return only


def test_a_session_is_an_event_at_its_instant(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    add_session(title=LONG[:200], description="<p>Bring, a; pen</p>")
    found = event(program_page)
    assert found.dtstart.value == FIRST
    assert found.dtend.value == FIRST + timedelta(hours=3)
    assert found.summary.value == f"Nurturing Healthy Culture: {LONG[:200]}"
    assert found.description.value.startswith("Bring, a; pen\n")
    assert found.status.value == "CONFIRMED"


def test_lines_are_those_of_the_standard(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    add_session(title=LONG[:200], description=f"<p>{LONG * 3}\x07</p>")
    content = fetch(program_page)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    for line in content.split(b"\r\n"):
        line.decode()  # no character is torn
    text = content.replace(b"\r\n ", b"").decode()
    names = [line.split(":")[0].split(";")[0] for line in text.splitlines()]
    assert names[:2] == ["BEGIN", "VERSION"] or {"VERSION", "PRODID"} <= set(names[1:4])
    for name in ("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "STATUS"):
        assert names.count(name) == 1, name
    assert "\x07" not in text
    assert "DTSTART:20240208T000000Z" in text


def test_it_tells_no_private_link(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    add_session(join_link=SECRET_LINK, recording_link=SECRET_RECORDING)
    content = fetch(program_page).replace(b"\r\n ", b"").decode()
    assert SECRET_LINK not in content
    assert SECRET_RECORDING not in content


def test_it_is_the_same_until_something_changes(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    session = add_session()
    path = f"/cop/calendar/{program_page.pk}.ics"
    first = Client().get(path)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
        session.title = "Another"
        publish(session)
        assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_new_time_or_state_raises_the_sequence(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    session = add_session()
    uid, sequence = event(program_page).uid.value, int(event(program_page).sequence.value)

    def again() -> int:
        nonlocal session
        session = publish(session)
        found = event(program_page)
        assert found.uid.value == uid
        return int(found.sequence.value)

    session.title = "Another"
    assert again() == sequence
    session.ends_at += timedelta(minutes=30)
    session.save_revision()
    assert int(event(program_page).sequence.value) == sequence  # a draft is not published
    assert again() == sequence + 1
    session.is_cancelled = True
    assert again() == sequence + 2


def test_a_cancelled_session_stays_as_cancelled(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    add_session(is_cancelled=True)
    found = event(program_page)
    assert found.status.value == "CANCELLED"
    assert "Cancelled: First session" in found.summary.value


def test_a_session_published_again_at_another_time_is_newer(
    program_page: ProgramPage, add_session: Callable[..., Any]
) -> None:
    session = add_session()
    before = int(event(program_page).sequence.value)
    session.unpublish()
    assert event(program_page).status.value == "CANCELLED"
    session = SessionPage.objects.get(pk=session.pk)
    session.ends_at += timedelta(hours=1)
    publish(session)
    assert int(event(program_page).sequence.value) == before + 2
    assert event(program_page).status.value == "CONFIRMED"


def test_a_program_called_off_cancels_every_session(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    add_session()
    before = int(event(program_page).sequence.value)
    Program.objects.update(status="called_off", status_changed_at=datetime(2024, 1, 30, tzinfo=UTC))
    found = event(program_page)
    assert (found.status.value, int(found.sequence.value)) == ("CANCELLED", before + 1)


def test_a_copy_has_other_uids(program_page: ProgramPage, add_session: Callable[..., Any]) -> None:
    add_session()
    copy = program_page.copy(recursive=True, update_attrs={"slug": "again", "title": "Again"})
    first = {found.uid.value for found in events(program_page)}
    second = {found.uid.value for found in events(copy.specific)}
    assert len(first) == len(second) == 1
    assert not first & second
