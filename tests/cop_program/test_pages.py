"""Programs and sessions as editors create them: refused at the field, published, copied, deleted, and shown."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from djmoney.money import Money
from wagtail.models import Page

from cop_program.extensions import Places
from cop_program.models import FacilitatorPage, Program, ProgramIndexPage, ProgramPage, SessionPage
from cop_program.signals import program_published
from tests.cop_program.conftest import FIRST, LAST, SECRET_ADDRESS, SECRET_LINK, SECRET_RECORDING, Recorder, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
AddSession = Callable[..., SessionPage]


def errors(page: Page) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        page.clean()
    return caught.value.message_dict


# Validation ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field", "word"),
    [
        ({"registration_deadline": date(2024, 1, 22)}, "registration_deadline", "application deadline"),
        # The same day, but in a zone where it ends earlier.
        (
            {"registration_deadline": date(2024, 1, 23), "registration_deadline_zone": "Australia/Sydney"},
            "registration_deadline",
            "application deadline",
        ),
        ({"application_deadline": date(2024, 2, 8)}, "application_deadline", "first day"),
        ({"registration_deadline": date(2024, 2, 8)}, "registration_deadline", "first day"),
        # The first day ends two hours later in Honolulu than at home.
        (
            {"registration_deadline": date(2024, 2, 7), "registration_deadline_zone": "Pacific/Honolulu"},
            "registration_deadline",
            "first day",
        ),
        ({"cancellation_deadline": date(2024, 2, 8)}, "cancellation_deadline", "first day"),
        ({"ends_on": date(2024, 2, 1)}, "ends_on", "first day"),
        ({"deposit": Money(1998, "USD")}, "deposit", "1,997\N{NO-BREAK SPACE}USD"),
        ({"deposit": Money(100, "EUR")}, "deposit", "same currency as the fee"),
        ({"fee": Money(-1, "USD")}, "fee", "zero or more"),
        ({"least_members": 10}, "least_members", "Enter 9 or less"),
    ],
)
def test_what_a_program_page_refuses(program_page: ProgramPage, values: dict[str, Any], field: str, word: str) -> None:
    for name, value in values.items():
        setattr(program_page, name, value)
    assert word in errors(program_page)[field][0]


def test_the_reference_is_right_though_one_may_cancel_before_the_registration_closes(
    program_page: ProgramPage, add_session: AddSession
) -> None:
    add_session(FIRST).clean()
    add_session(LAST, title="Sixth session").clean()  # ends on 27 June in UTC, on 26 June at home
    program_page.clean()


def test_capacity_stays_above_the_places_in_use(program_page: ProgramPage, recorder: Recorder) -> None:
    recorder.counted = Places(capacity=9, taken=6, held=1, waiting=0)
    program_page.capacity = 7
    program_page.clean()
    program_page.capacity = 6
    assert "7 places" in errors(program_page)["capacity"][0]


def test_days_of_a_program_keep_its_sessions(program_page: ProgramPage, add_session: AddSession) -> None:
    add_session(LAST, title="Sixth session")
    program_page.ends_on = date(2024, 6, 25)
    assert "Sixth session" in errors(program_page)["ends_on"][0]


@pytest.mark.parametrize(
    ("start", "hours", "field"),
    [
        (datetime(2024, 2, 7, 7, tzinfo=UTC), 3, "starts_at"),  # 6 February at home
        (datetime(2024, 6, 27, 5, tzinfo=UTC), 3, "ends_at"),  # ends at 1 am on 27 June at home
        (FIRST, -1, "ends_at"),
    ],
)
def test_what_a_session_refuses(add_session: AddSession, start: datetime, hours: float, field: str) -> None:
    session = add_session(FIRST)
    session.starts_at, session.ends_at = start, start + timedelta(hours=hours)
    assert field in errors(session)


def test_overlapping_sessions_name_each_other(add_session: AddSession) -> None:
    add_session(FIRST, title="Opening")
    second = add_session(FIRST + timedelta(hours=3), title="Right after")
    second.clean()
    second.starts_at -= timedelta(minutes=1)
    (message,) = errors(second)["starts_at"]
    assert "“Opening”: Wednesday 7 February 2024, 4:00 pm to Wednesday 7 February 2024, 7:00 pm" in message
    second.is_cancelled = True
    second.clean()


def test_a_session_on_another_day_overlaps_nothing(add_session: AddSession) -> None:
    add_session(FIRST + timedelta(days=7), title="Later")
    add_session(FIRST, title="Earlier").clean()


def test_drafts_with_missing_values_pass(program_page: ProgramPage, add_session: AddSession) -> None:
    session = add_session(FIRST)
    session.starts_at = session.ends_at = None  # type: ignore[assignment]
    session.clean()
    for name in ("starts_on", "ends_on", "application_deadline", "registration_deadline", "capacity", "fee", "deposit"):
        setattr(program_page, name, None)
    program_page.clean()
    ProgramPage(title="New").clean()
    SessionPage(title="New").clean()


# Editing ---------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "x"))
    return client


def test_session_times_are_entered_in_the_home_zone(editor: Client, program_page: ProgramPage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["cop_program", "sessionpage", program_page.pk])
    assert "Pacific Time (America/Los Angeles)" in editor.get(address).content.decode()
    values = {
        "title": "First",
        "slug": "first",
        "starts_at": "2024-02-07 16:00",
        "ends_at": "2024-02-07 19:00",
        "description": "null",
        "action-publish": "1",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }
    answer = editor.post(address, values)
    assert answer.status_code == 302, answer.context["form"].errors
    session = SessionPage.objects.get()
    assert session.starts_at == FIRST
    edit = editor.get(reverse("wagtailadmin_pages:edit", args=[session.pk])).content.decode()
    assert 'value="2024-02-07 16:00"' in edit
    outside = editor.post(address, values | {"slug": "x", "starts_at": "2024-02-06 16:00"})
    assert "The program starts on Wednesday 7 February 2024." in outside.content.decode()


def test_editor_of_a_program_opens(editor: Client, program_page: ProgramPage, add_session: AddSession) -> None:
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[program_page.pk])).content.decode()
    assert "Do not type it into the text" in page


# Programs --------------------------------------------------------------------------------------


def test_publishing_makes_one_program_and_says_so(program_page: ProgramPage) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    program_published.connect(listen)
    publish(program_page)
    program_published.disconnect(listen)
    (program,) = Program.objects.all()
    assert Program.for_page(program_page) == program
    assert program.page == program_page
    assert [(one["program"], one["page"]) for one in heard] == [(program, program_page)]


def test_a_draft_without_places_has_no_program(index: ProgramIndexPage, program_page: ProgramPage) -> None:
    draft = index.add_child(instance=ProgramPage(title="Draft", live=False))
    assert Program.for_page(draft) is None
    assert Program.objects.count() == 1


def test_a_page_that_will_be_published_later_is_not_public_yet(program_page: ProgramPage) -> None:
    copy = program_page.copy(update_attrs={"slug": "later"}, keep_live=False)
    copy.go_live_at = timezone.now() + timedelta(days=1)
    assert not publish(copy).live
    program = Program.for_page(copy)
    assert program is not None
    assert not program.was_public


def test_a_copy_has_a_program_of_its_own(program_page: ProgramPage) -> None:
    copy = program_page.copy(update_attrs={"slug": "second"}, keep_live=True)
    assert copy.translation_key != program_page.translation_key
    assert Program.for_page(copy) != Program.for_page(program_page)


# Deletion --------------------------------------------------------------------------------------


def test_deletion_is_refused_in_words(
    editor: Client, index: ProgramIndexPage, program_page: ProgramPage, recorder: Recorder
) -> None:
    recorder.reasons = ["12 people have applied."]
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    for address in (
        reverse("wagtailadmin_pages:delete", args=[program_page.pk]),
        reverse("wagtailadmin_pages:delete", args=[index.pk]),
        f"{bulk}?id={program_page.pk}&next=/admin/",
    ):
        answer = editor.post(address, follow=True)
        assert "12 people have applied." in answer.content.decode()
        assert ProgramPage.objects.filter(pk=program_page.pk).exists()
    recorder.reasons = []
    editor.post(reverse("wagtailadmin_pages:delete", args=[program_page.pk]))
    assert not ProgramPage.objects.exists()


# Shown -----------------------------------------------------------------------------------------


def test_program_page_shows_schedule_and_deadlines_in_the_readers_zone(
    client: Client, program_page: ProgramPage, add_session: AddSession
) -> None:
    add_session()
    page = client.get(program_page.url)
    assert "Cookie" in page["Vary"]
    text = page.content.decode()
    assert "4:00 - 7:00 pm PST (Los Angeles)" in text
    assert "until the end of Tuesday 30 January 2024, Pacific time" in text
    assert "in your time: " not in text
    text = client.get(f"{program_page.url}?tz=Europe/Berlin").content.decode()
    assert (
        "until the end of Tuesday 30 January 2024, Pacific time (in your time: Wednesday 31 January, 9:00 am)" in text
    )
    assert "1:00 - 4:00 am CET (Berlin)" in text


def test_a_draft_session_is_not_shown(client: Client, program_page: ProgramPage, add_session: AddSession) -> None:
    add_session()
    hidden = add_session(FIRST + timedelta(days=7), title="Not yet announced")
    hidden.unpublish()
    text = client.get(program_page.url).content.decode()
    assert "First session" in text
    assert "Not yet announced" not in text


def test_a_cancelled_session_leaves_the_schedule(
    client: Client, program_page: ProgramPage, add_session: AddSession
) -> None:
    add_session()
    add_session(FIRST + timedelta(days=7), title="Second session", is_cancelled=True)
    context = client.get(program_page.url).context
    (group,) = context["schedule"].groups
    assert [section.heading for section in group.sections] == ["Wednesday 7 February 2024"]
    assert [line.is_cancelled for line in context["sessions"]] == [False, True]


def test_nothing_private_is_shown(
    client: Client, program_page: ProgramPage, add_session: AddSession, facilitator: FacilitatorPage
) -> None:
    session = add_session(join_link=SECRET_LINK, recording_link=SECRET_RECORDING)
    pages = [program_page, session, facilitator, program_page.get_parent(), facilitator.get_parent()]
    for page in pages:
        answer = client.get(page.url)
        assert answer.status_code == 200
        for secret in (SECRET_LINK, SECRET_RECORDING, SECRET_ADDRESS):
            assert secret not in answer.content.decode()
    for model in (ProgramPage, SessionPage, FacilitatorPage):
        public = {field.name for field in model.api_fields} | {field.field_name for field in model.search_fields}
        assert not public & {"join_link", "recording_link", "contact_email"}


def test_queries_do_not_grow_with_sessions(
    client: Client, program_page: ProgramPage, add_session: AddSession, facilitator: FacilitatorPage
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    add_session(FIRST)
    client.get(program_page.url)
    counts = []
    for week in range(1, 7):
        with CaptureQueriesContext(connection) as queries:
            client.get(program_page.url)
        counts.append(len(queries))
        add_session(FIRST + timedelta(weeks=week), title=f"Session {week}")
    assert len(set(counts)) == 1
    assert counts[0] <= 20
