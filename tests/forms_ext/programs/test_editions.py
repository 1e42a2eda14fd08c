"""A new edition of a program: what is copied to which day, and what an editor is told to check."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from wagtail.models import Locale, ModelLogEntry, PageLogEntry, Revision

from cop_program import edition_checklist, editions
from cop_program.models import FacilitatorPage, Program, ProgramFacilitator, ProgramPage, SessionPage
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.forms.models import FormVersion
from forms_ext.mail import actions as mail
from forms_ext.mail import email_types, secrecy
from forms_ext.mail import queries as mails
from forms_ext.mail.models import MailTemplate
from forms_ext.programs import editions as programs_editions
from forms_ext.programs.editions import checklist
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions.pages import AbstractFormPage
from tests.forms_ext.admission import factories
from tests.forms_ext.forms.factories import make_application_form, make_registration_form, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
ZONES = ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC"]
SECRET = "https://meet.example/secret-room"
DAYS = ("starts_on", "ends_on", "application_deadline", "registration_deadline", "cancellation_deadline")


def add_session(page: ProgramPage, starts_at: datetime, hours: float = 3, live: bool = True, **values: Any) -> Any:
    page.refresh_from_db()
    values = {"title": "Session", "recording_link": SECRET, "join_link": SECRET} | values
    session = SessionPage(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), live=False, **values)
    page.add_child(instance=session)
    revision = session.save_revision()
    if live:
        revision.publish()
    return session


def copies(edition: editions.Edition, kind: type[Any] = SessionPage) -> list[Any]:
    return list(kind.objects.child_of(edition.program.page).order_by("path"))


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor")


@pytest.fixture
def whole(program: Program) -> Program:
    """A program with a session on a Wednesday, both forms, a facilitator and its own email texts."""
    page = program.page
    add_session(page, datetime(2024, 2, 8, 0, tzinfo=UTC), title="First")  # Wednesday 7 February, 4 pm
    add_session(page, datetime(2024, 6, 26, 23, tzinfo=UTC), title="Last", hours=2)  # 26 June, 4 pm in summer
    page.refresh_from_db()
    make_application_form(page)
    page.refresh_from_db()
    make_registration_form(page)
    person = page.get_root().add_child(instance=FacilitatorPage(title="Evan"))
    ProgramFacilitator.objects.create(page=page, facilitator=person)
    page.refresh_from_db()
    page.save_revision().publish()
    for language in ("en", "de"):
        mail.save_template(
            kind="accepted",
            scope=program.scope,
            language=language,
            subject=f"Welcome 2024 {language}",
            body="<p>{register_url}</p>",
        )
    return program


def make(program: Program, first_day: date = date(2025, 1, 10), title: str = "Again", by: Any = None) -> Any:
    program.refresh_from_db()
    return programs_editions.new_edition(program=program, first_day=first_day, title=title, by=by)


class AnyStart(TestCase):
    """Whatever the home zone, the sessions and the new date."""

    @settings(max_examples=settings.default.max_examples // 3)  # each makes two programs
    @given(
        zone=st.sampled_from(ZONES),
        first_day=st.dates(date(2023, 1, 1), date(2031, 12, 31)),
        days=st.lists(st.integers(0, 200), min_size=1, max_size=4, unique=True).map(sorted),
        at=st.times(time(4), time(19)),  # no clock is changed then
    )
    def test_keeps_weekday_and_wall_time_and_shifts_all_by_the_same_weeks(
        self, zone: str, first_day: date, days: list[int], at: time
    ) -> None:
        here = ZoneInfo(zone)
        begin = date(2024, 2, 7)
        last = begin + timedelta(days=days[-1])
        program = factories.open_program(home_zone=zone, starts_on=begin, ends_on=last)
        old = [
            add_session(program.page, datetime.combine(begin + timedelta(days=day), at, here).astimezone(UTC), 2.5)
            for day in days
        ]
        edition = make(program, first_day)
        new, page = copies(edition), edition.program.page

        first = new[0].starts_at.astimezone(here).date()
        assert first_day <= first < first_day + timedelta(days=7)
        shift = first - old[0].starts_at.astimezone(here).date()
        assert shift.days % 7 == 0
        for before, after in zip(old, new, strict=True):
            for name in ("starts_at", "ends_at"):
                was, becomes = (getattr(one, name).astimezone(here).replace(tzinfo=None) for one in (before, after))
                assert becomes - was == shift
        for name in DAYS:
            assert getattr(page, name) - getattr(program.page, name) == shift
        assert not edition.off_the_clock


def test_the_start_is_the_weekday_on_or_after_the_new_date(whole: Program) -> None:
    edition = make(whole, date(2025, 1, 10))  # a Friday
    first, last = copies(edition)
    assert first.starts_at == datetime(2025, 1, 16, 0, tzinfo=UTC)  # Wednesday 15 January, 4 pm
    assert last.starts_at == datetime(2025, 6, 4, 23, tzinfo=UTC)  # 4 pm, in summer
    assert edition.program.page.application_deadline == date(2024, 12, 31)


def test_a_session_across_the_change_of_clocks_keeps_both_wall_times(program: Program) -> None:
    add_session(program.page, datetime(2024, 3, 3, 7, tzinfo=UTC), hours=5)  # Saturday 11 pm to 4 am
    session = copies(make(program, date(2024, 3, 9)))[0]  # the clocks go forward in that night
    assert session.starts_at == datetime(2024, 3, 10, 7, tzinfo=UTC)
    assert session.ends_at == datetime(2024, 3, 10, 11, tzinfo=UTC)


def test_a_time_that_does_not_exist_on_the_new_day_is_told(program: Program) -> None:
    add_session(program.page, datetime(2024, 3, 3, 10, 15, tzinfo=UTC), hours=0.5)  # Sunday, 2:15 am
    edition = make(program, date(2024, 3, 10))
    session = copies(edition)[0]
    assert edition.off_the_clock == [session]
    assert session.starts_at < session.ends_at == session.starts_at + timedelta(minutes=30)


def test_without_sessions_the_first_day_decides(program: Program) -> None:
    edition = make(program, date(2025, 1, 10))
    assert edition.program.page.starts_on == date(2025, 1, 15)  # a Wednesday, as 7 February 2024


def test_a_cancelled_session_is_neither_the_first_nor_copied(program: Program) -> None:
    add_session(program.page, datetime(2024, 2, 9, 0, tzinfo=UTC), title="Thursday", is_cancelled=True)
    add_session(program.page, datetime(2024, 2, 13, 0, tzinfo=UTC), title="Monday")
    (first,) = copies(make(program, date(2025, 1, 6)))
    assert first.starts_at == datetime(2025, 1, 7, 0, tzinfo=UTC)
    assert first.title == "Monday"


def test_all_come_along_as_drafts_of_a_program_of_its_own(whole: Program, editor: User) -> None:
    edition = make(whole, by=editor)
    program, page = edition.program, edition.program.page
    assert (page.title, page.live, page.owner) == ("Again", False, editor)
    assert page.get_latest_revision_as_object().title == "Again"
    assert page.get_parent() == whole.page.get_parent()
    assert [one.facilitator.title for one in page.program_facilitators.all()] == ["Evan"]
    kinds = [one.specific_class for one in page.get_children()]
    assert kinds == [one.specific_class for one in whole.page.get_children()]
    assert {ApplicationFormPage, RegistrationFormPage, SessionPage} == set(kinds)
    assert not page.get_descendants(inclusive=True).live().exists()
    assert program.status == Program.Status.OPEN
    old_keys = set(whole.page.get_descendants(inclusive=True).values_list("translation_key", flat=True))
    assert not old_keys & set(page.get_descendants(inclusive=True).values_list("translation_key", flat=True))
    assert (program.pk, program.calendar_uid) != (whole.pk, whole.calendar_uid)
    assert ModelLogEntry.objects.filter(action="forms_ext.programs.new_edition", user=editor).count() == 1
    assert PageLogEntry.objects.filter(action="wagtail.copy", user=editor).count() == 5


def test_join_links_and_recordings_stay_behind_in_all_that_is_kept(whole: Program) -> None:
    sessions = copies(make(whole))
    assert [(one.join_link, one.recording_link) for one in sessions] == [("", "")] * 2
    kept = Revision.objects.filter(object_id__in=[str(one.pk) for one in sessions])
    assert kept.count() == 2
    assert SECRET not in str(list(kept.values_list("content", flat=True)))


def test_the_forms_keep_their_keys_and_serve_once_published(whole: Program) -> None:
    edition = make(whole)
    for kind in (ApplicationFormPage, RegistrationFormPage):
        old, new = copies_of(whole, kind), copies_of(edition.program, kind)
        assert not FormVersion.objects.filter(page_id=new.pk).exists()
        publish(new)
        before, after = (one.current_version().definition["questions"] for one in (old, new))
        assert [one["key"] for one in after] == [one["key"] for one in before]


def copies_of(program: Program, kind: type[AbstractFormPage]) -> Any:
    return kind.objects.child_of(program.page).get()  # type: ignore[attr-defined]


def test_nobody_applies_before_the_new_edition_is_published(whole: Program) -> None:
    edition = make(whole)
    form = copies_of(edition.program, ApplicationFormPage)
    publish(form)
    assert not form.is_open(factories.START)
    edition.program.page.get_latest_revision().publish()
    assert form.is_open(factories.START)


def test_its_own_mail_texts_come_along_and_then_go_their_own_way(whole: Program) -> None:
    mail.save_template(kind="declined", scope="", language="en", subject="For all", body="<p>x</p>")
    edition = make(whole)
    new = MailTemplate.objects.filter(scope=edition.program.scope)
    assert sorted(new.values_list("language", "subject")) == [("de", "Welcome 2024 de"), ("en", "Welcome 2024 en")]
    new.update(subject="Changed")
    assert MailTemplate.objects.filter(scope=whole.scope, subject__startswith="Welcome").count() == 2


def test_publishing_opens_the_program_that_was_made(whole: Program) -> None:
    edition = make(whole)
    edition.program.page.get_latest_revision().publish()
    assert Program.objects.count() == 2
    assert edition.program.places.count() == 9


def test_what_was_scheduled_or_locked_is_not_so_in_the_copy(whole: Program, editor: User) -> None:
    ProgramPage.objects.filter(pk=whole.page_id).update(
        expire_at=datetime(2024, 12, 1, tzinfo=UTC), locked=True, locked_by=editor
    )
    page = ProgramPage.objects.get(pk=make(whole).program.page_id)
    assert (page.expire_at, page.locked, page.locked_by) == (None, False, None)


def test_a_page_that_never_stood_in_public_comes_along_as_its_newest_draft(program: Program) -> None:
    session = add_session(program.page, datetime(2024, 2, 8, 0, tzinfo=UTC), live=False, title="Old words")
    session.title = "New words"
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.save_revision()
    (copy,) = copies(make(program, date(2025, 1, 6)))
    assert (copy.title, copy.starts_at) == ("New words", datetime(2025, 1, 10, 0, tzinfo=UTC))
    assert copy.join_link == ""


def test_a_mail_text_that_is_not_used_comes_along_to_be_fixed_and_is_not_used_there_either(whole: Program) -> None:
    body = '<p><a href="https://evil.example/?t={link}">Register</a></p>'
    MailTemplate.objects.filter(language="en").update(body=body)
    edition = make(whole)
    scope = edition.program.scope
    assert MailTemplate.objects.get(scope=scope, language="en").body == body
    kind = email_types.get("accepted")
    assert mails.source(kind, scope=scope, language="en").body == str(kind.body)
    assert ("Email: Welcome 2024 en", secrecy.advice("link")) in told(edition.program)


def test_an_unfinished_form_comes_along_unfinished(whole: Program) -> None:
    ApplicationFormPage.objects.update(questions="[]")
    form = copies_of(make(whole).program, ApplicationFormPage)
    assert len(form.questions) == 0
    with pytest.raises(ValidationError):
        form.full_clean()


def test_a_mail_text_of_a_kind_that_is_no_more_stays_behind(whole: Program) -> None:
    MailTemplate.objects.filter(language="en").update(kind="gone")
    edition = make(whole)
    new = MailTemplate.objects.filter(scope=edition.program.scope)
    assert [one.language for one in new] == ["de"]


# --- What to look at -----------------------------------------------------------------------------


def told(program: Program) -> set[tuple[str, str]]:
    return {(one.where, one.text) for one in checklist(program.page)}


def test_a_date_or_year_in_a_text_a_past_deadline_and_a_link_back_are_listed(whole: Program) -> None:
    old = whole.page
    old.summary = "We begin on Wednesday, 7 February."
    old.slug = "culture-2024"
    old.audience = f'<p>See <a linktype="page" id="{copies_of(whole, ApplicationFormPage).pk}">the form</a>.</p>'
    old.body = [("call_to_action", {"heading": "Go", "label": "Go", "page": old})]
    old.save()
    edition = make(whole, date(2024, 1, 22), title="Culture, Spring 2023")
    form = copies_of(whole, ApplicationFormPage).title
    assert told(edition.program) == {
        ("Culture, Spring 2023", "Title contains a date or year: “2023”"),
        ("Culture, Spring 2023", "Summary contains a date or year: “7 February”"),
        ("Culture, Spring 2023", "The application deadline has passed: Tuesday 9 January 2024."),
        ("Culture, Spring 2023", "The registration deadline has passed: Tuesday 16 January 2024."),
        ("Culture, Spring 2023", "The cancellation deadline has passed: Wednesday 10 January 2024."),
        ("Culture, Spring 2023", f"A link goes to “{old.title}”."),
        ("Culture, Spring 2023", f"A link goes to “{form}” in “{old.title}”."),
    }


def test_years_of_the_old_edition_are_listed_in_slugs_and_mails(whole: Program) -> None:
    ProgramPage.objects.filter(pk=whole.page_id).update(slug="culture-2024")
    found = told(make(whole, date(2026, 1, 5)).program)
    assert ("Again", "Slug contains a date or year: “2024”") in found
    assert ("Email: Welcome 2024 en", "Subject contains a date or year: “2024”") in found


def test_nothing_is_listed_where_nothing_is_to_be_done(program: Program) -> None:
    add_session(program.page, datetime(2024, 2, 8, 0, tzinfo=UTC))
    assert told(make(program, date(2026, 1, 5)).program) == set()


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "From January 30th, 2024 on", ["January 30th, 2024"]),
        ("en", "on 30 January and 2024-02-01", ["30 January", "2024-02-01"]),
        ("en", "on 3 Feb. 2024 or Sept 3 or Sep 4", ["3 Feb. 2024", "Sept 3", "Sep 4"]),
        ("en", "30.1.2024 and 1/30/24", ["30.1.2024", "1/30/24"]),
        ("en", "You may 3 times; 12024 or 20245 people, room 9.30", []),
        ("en", "In 2025 and in 2019, 2019", ["2019"]),
        ("de", "Ab 7. Februar, am 1. Dez. 2024, nicht im Mai", ["7. Februar", "1. Dez. 2024"]),
        ("fr", "Le 1er mars et le 14 juillet 2024", ["1er mars", "14 juillet 2024"]),
        ("es", "El 30 de enero de 2024", ["30 de enero de 2024"]),
    ],
)
def test_days_and_years_in_words(language: str, text: str, found: list[str]) -> None:
    assert edition_checklist.dates_in(text, years={2025}, language=language) == found


def test_days_are_found_in_the_language_of_the_page_and_of_the_mail(whole: Program) -> None:
    german, _made = Locale.objects.get_or_create(language_code="de")
    ProgramPage.objects.filter(pk=whole.page_id).update(locale=german, summary="Beginn am 7. Februar")
    texts = MailTemplate.objects.filter(scope=whole.scope)
    texts.update(subject="Willkommen", body="<p>Am 7. Februar</p>")
    found = told(make(whole, date(2026, 1, 5)).program)
    assert ("Again", "Summary contains a date or year: “7. Februar”") in found
    assert {one for one in found if one[0].startswith("Email")} == {
        ("Email: Willkommen", "Text contains a date or year: “7. Februar”")
    }


def test_a_past_deadline_is_told_in_the_language_of_the_editor(whole: Program) -> None:
    edition = make(whole, date(2024, 1, 22))
    with translation.override("de"):
        said = " ".join(text for _where, text in told(edition.program))
    assert "Dienstag, 9. Januar 2024" in said
