"""What is known of each session, by whatever way it was published, changed, moved or deleted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from wagtail.models import GroupApprovalTask, PageViewRestriction, Workflow, WorkflowTask

from cop_program import calendars, editions
from cop_program.api import reading
from cop_program.models import Program, ProgramIndexPage, ProgramPage, SessionPage, SessionRecord
from tests.cop_program.conftest import FIRST, SECRET_LINK, Recorder, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
AddSession = Callable[..., SessionPage]
HOUR = timedelta(hours=1)


def by_button(page: SessionPage, user: User) -> None:
    page.save_revision(user=user).publish(user=user)


def by_schedule(page: SessionPage, user: User) -> None:
    page.go_live_at = datetime.now(UTC) + HOUR
    page.save_revision(user=user).publish(user=user)
    with time_machine.travel(datetime.now(UTC) + 2 * HOUR):
        call_command("publish_scheduled")


def by_workflow(page: SessionPage, user: User) -> None:
    workflow = Workflow.objects.create(name="Review")
    WorkflowTask.objects.create(workflow=workflow, task=GroupApprovalTask.objects.create(name="Look"))
    page.save_revision(user=user)
    state = workflow.start(page, user)
    state.current_task_state.approve(user=user)


def by_code(page: SessionPage, user: User) -> None:
    page.save()


@pytest.mark.parametrize("way", [by_button, by_schedule, by_workflow, by_code])
def test_each_way_of_publishing_is_noted_once(way: Any, add_session: AddSession, recorder: Recorder) -> None:
    page, user = add_session(), User.objects.create_superuser("editor")
    recorder.news.clear()
    page.ends_at += HOUR
    page.save_revision()
    assert recorder.news == []  # a draft
    way(page, user)
    ((record, before),) = recorder.news
    assert before is not None
    assert before.ends_at == record.ends_at - HOUR
    assert record.sequence == 1
    publish(page)
    assert len(recorder.news) == 1


def unpublish(page: SessionPage) -> None:
    page.unpublish()


def expire(page: SessionPage) -> None:
    page.expire_at = datetime.now(UTC) - HOUR
    page.save_revision().publish()
    call_command("publish_scheduled")


def delete(page: SessionPage) -> None:
    page.delete()


def delete_row(page: SessionPage) -> None:
    SessionPage.objects.filter(pk=page.pk).delete()


def delete_in_bulk(page: SessionPage) -> None:
    admin = Client()
    admin.force_login(User.objects.create_superuser("admin"))
    admin.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?id={page.pk}&next=/admin/")


@pytest.mark.parametrize("way", [unpublish, expire, delete, delete_row, delete_in_bulk])
def test_a_session_that_goes_stays_cancelled_in_the_calendar(
    way: Any, program_page: ProgramPage, add_session: AddSession, recorder: Recorder
) -> None:
    page = add_session(join_link=SECRET_LINK)
    before = event(program_page)
    recorder.news.clear()
    way(page)
    assert [(record.is_on, old and old.is_on) for record, old in recorder.news] == [(False, True)]
    after = event(program_page)
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert (after.status.value, after.dtstart.value) == ("CANCELLED", before.dtstart.value)
    assert "Cancelled: First session" in after.summary.value
    assert SECRET_LINK not in Client().get(f"/cop/calendar/{program_page.pk}.ics").text.replace("\r\n ", "")


def event(page: ProgramPage) -> Any:
    (only,) = vobject.readOne(Client().get(f"/cop/calendar/{page.pk}.ics").text).contents["vevent"]
    return only


def test_a_private_session_that_goes_is_not_in_the_public_calendar(
    program_page: ProgramPage, add_session: AddSession
) -> None:
    page = add_session()
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    page.delete()
    assert b"VEVENT" not in Client().get(f"/cop/calendar/{program_page.pk}.ics").content
    (entry,) = calendars.gone(Program.objects.get())
    assert entry.record is not None
    assert entry.record.is_private


def test_the_other_sessions_keep_their_sequence(add_session: AddSession) -> None:
    add_session()
    page = add_session(FIRST + timedelta(days=7), title="Second")
    page.ends_at += HOUR
    publish(page)
    assert list(SessionRecord.objects.values_list("title", "sequence")) == [("First session", 0), ("Second", 1)]


def test_sessions_published_before_their_program_are_known_from_its_publication_on(
    program_page: ProgramPage, recorder: Recorder
) -> None:
    Program.objects.all().delete()
    program_page.unpublish()
    program_page.add_child(instance=SessionPage(title="Early", starts_at=FIRST, ends_at=FIRST + HOUR))
    assert not SessionRecord.objects.exists()
    program_page.refresh_from_db()
    program_page.capacity = 9
    publish(program_page)
    assert [(record.title, before) for record, before in recorder.news] == [("Early", None)]


def test_a_program_goes_with_its_sessions(program_page: ProgramPage, add_session: AddSession) -> None:
    add_session()
    add_session(FIRST + timedelta(days=7), title="Second")
    ProgramPage.objects.get(pk=program_page.pk).delete()
    assert not SessionRecord.objects.exists()


def test_a_message_is_what_rfc_5546_asks_for(program_page: ProgramPage, add_session: AddSession) -> None:
    page = add_session(join_link=SECRET_LINK)
    program = Program.objects.get()
    for is_cancelled, expected in ((False, "REQUEST"), (True, "CANCEL")):
        page.is_cancelled = is_cancelled
        page = publish(page)
        entry = calendars.Entry(page, location=page.join_link, record=program.session_records.get())
        method, content = calendars.message(
            program, entry, language="en", organizer="us@example.org", attendee="ada@example.org"
        )
        calendar = Calendar.from_ical(content)
        (only,) = calendar.walk("VEVENT")
        assert (method, calendar["METHOD"]) == (expected, expected)
        assert (only["ORGANIZER"], only["ATTENDEE"]) == ("mailto:us@example.org", "mailto:ada@example.org")
        assert only["ATTENDEE"].params["RSVP"] == "FALSE"
        assert int(only["SEQUENCE"]) == int(event(program_page).sequence.value) == int(is_cancelled)
        assert str(only["UID"]) == event(program_page).uid.value
        assert ("LOCATION" in only) is not is_cancelled


# Counting --------------------------------------------------------------------------------------


def test_cancelled_sessions_are_not_counted(client: Client, program_page: ProgramPage, add_session: AddSession) -> None:
    first, off, last = (
        add_session(FIRST + timedelta(days=7 * number), title=title, is_cancelled=title == "Off")
        for number, title in enumerate(("First", "Off", "Last"))
    )
    assert "2 sessions online" in client.get(program_page.url).text
    assert "Session 1 of 2" in client.get(first.url).text
    assert "Session 2 of 2" in client.get(last.url).text
    assert " of 2" not in client.get(off.url).text
    assert [one["number"] for one in reading.of_page(program_page, None)["sessions"]] == [1, None, 2]
    off.is_cancelled = False
    publish(off)
    assert "3 sessions online" in client.get(program_page.url).text


def test_cancelled_sessions_do_not_come_along(program_page: ProgramPage, add_session: AddSession) -> None:
    add_session(is_cancelled=True, title="Off")
    add_session(FIRST + timedelta(days=7), title="On")
    add_session(FIRST + timedelta(days=14), title="Gone").delete()
    edition = editions.copy_program(page=program_page, first_day=FIRST.date(), title="Again", by=None)
    assert [one.title for one in edition.program.page.sessions()] == ["On"]
    assert not edition.program.session_records.exists()


# Moving ----------------------------------------------------------------------------------------


@pytest.fixture
def other(program_page: ProgramPage, index: ProgramIndexPage) -> ProgramPage:
    page: ProgramPage = program_page.copy(update_attrs={"slug": "other", "title": "Other"}, keep_live=True)
    return page


def test_a_published_session_cannot_be_moved_into_another_program(
    program_page: ProgramPage, add_session: AddSession, other: ProgramPage, admin: Client
) -> None:
    page = add_session()
    words = "is published, so it cannot be moved to another program"
    chosen = admin.post(reverse("wagtailadmin_pages:move", args=[page.pk]), {"new_parent_page": other.pk})
    assert chosen.status_code == 200
    assert words in chosen.text
    past_the_form = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk])
    assert words in admin.post(past_the_form, follow=True).text
    bulk = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'move'])}?id={page.pk}&next=/admin/"
    assert words in admin.post(bulk, {"chooser": other.pk}, follow=True).text
    with pytest.raises(ValidationError, match=words):
        page.move(other, pos="last-child")
    page.refresh_from_db()
    assert page.get_parent().pk == program_page.pk
    admin.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, program_page.pk]))  # the same program


def test_a_draft_session_can_be_moved(add_session: AddSession, other: ProgramPage, admin: Client) -> None:
    page = add_session()
    page.unpublish()
    admin.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk]))
    page.refresh_from_db()
    assert page.get_parent().pk == other.pk
    publish(page)
    assert list(SessionRecord.objects.order_by("pk").values_list("is_gone", flat=True)) == [True, False]
