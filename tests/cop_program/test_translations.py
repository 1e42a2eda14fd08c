"""Pages in a second language: their own texts, and the figures of the source page."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from cop_program.models import Program, ProgramPage, SessionPage
from tests.cop_program.conftest import FIRST, SECRET_LINK, Recorder, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture
def german(program_page: ProgramPage, add_session: Callable[..., SessionPage]) -> ProgramPage:
    """The program's page and its session in German, published."""
    session, locale = add_session(), Locale.objects.create(language_code="de")
    page = program_page.copy_for_translation(locale, copy_parents=True)
    page.title, page.summary = "Gesunde Kultur", "Sechs Treffen"
    page = publish(page)
    session = session.copy_for_translation(locale)
    session.title = "Erstes Treffen"
    publish(session)
    return page


def test_a_translation_is_the_same_program(german: ProgramPage, program_page: ProgramPage) -> None:
    assert Program.objects.get().page_id == program_page.pk
    assert Program.for_page(german) == Program.objects.get()
    assert german.sessions().get().get_parent().pk == german.pk
    assert [one.title for one in german.live_sessions()] == ["Erstes Treffen"]


def test_figures_of_the_source_page_reach_its_translations(german: ProgramPage, program_page: ProgramPage) -> None:
    program_page.capacity, program_page.application_deadline = 12, date(2024, 1, 20)
    program_page.title = "Healthy Culture"
    publish(program_page)
    german.refresh_from_db()
    assert (german.capacity, german.application_deadline) == (12, date(2024, 1, 20))
    assert german.title == "Gesunde Kultur"


def test_figures_typed_in_a_translation_do_not_count(german: ProgramPage, program_page: ProgramPage) -> None:
    german.capacity = 40
    assert publish(german).capacity == program_page.capacity == 9


def test_a_moved_session_moves_in_all_languages_and_is_told_once(
    german: ProgramPage, program_page: ProgramPage, recorder: Recorder
) -> None:
    recorder.news.clear()
    session = program_page.sessions().get()
    session.starts_at, session.ends_at = FIRST + timedelta(days=7), FIRST + timedelta(days=7, hours=2)
    session.join_link = SECRET_LINK
    publish(session)
    translated = german.sessions().get()
    assert (translated.starts_at, translated.join_link) == (session.starts_at, SECRET_LINK)
    ((record, before),) = recorder.news
    assert before is not None
    assert (before.starts_at, before.join_link) == (FIRST, "")
    assert (record.starts_at, record.join_link) == (session.starts_at, SECRET_LINK)
    assert (record.title_in("de"), record.title_in("fr")) == ("Erstes Treffen", "First session")


def test_a_translation_reads_in_its_language_with_the_times_of_the_source(german: ProgramPage, client: Client) -> None:
    shown = client.get(german.get_url()).content.decode()
    assert '<html lang="de"' in shown
    assert "Erstes Treffen" in shown
    assert "First session" not in shown
    assert 'hreflang="en"' in shown


def test_a_session_is_added_to_the_original_page(german: ProgramPage, program_page: ProgramPage) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "x"))
    answer = client.get(reverse("wagtailadmin_pages:add", args=["cop_program", "sessionpage", german.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("wagtailadmin_explore", args=[program_page.pk]), 302)]
    assert "Add sessions to the original page, “Nurturing Healthy Culture”" in answer.content.decode()
