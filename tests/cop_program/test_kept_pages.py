"""The page of a program is kept for visitors, and shows every change at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, Site

from cop_program import clock, kept_pages
from cop_program.api import reading
from cop_program.extensions import Places
from cop_program.models import FacilitatorPage, Program, ProgramPage, SessionPage
from tests.cop_program.conftest import FIRST, Recorder, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
AddSession = Callable[..., SessionPage]
BEFORE = datetime(2024, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept(settings: Any, program_page: ProgramPage, facilitator: FacilitatorPage, add_session: AddSession) -> Any:
    """Keep pages; the program has a session, an image, a facilitator, and a page in the menu next to it."""
    settings.COP_KEEP_PAGES = True
    kept_pages._kept.clear()
    add_session()
    publish(facilitator)
    program_page.hero_image = get_image_model().objects.create(title="Hall", file=get_test_image_file("hall.png"))
    publish(program_page)
    with clock.at(BEFORE):
        yield
    kept_pages._kept.clear()


def visit(page: Page, path: str = "", **cookies: str) -> Any:
    """Return the page as a new visitor gets it."""
    client = Client()
    client.cookies.load(cookies)
    response = client.get(path or page.get_url())
    assert response.status_code == 200
    return response


def is_kept(page: Page) -> bool:
    """Tell whether a visitor gets the page without a template."""
    return not visit(page).templates


def test_the_next_visitor_gets_the_same_for_a_few_queries(program_page: ProgramPage) -> None:
    assert not is_kept(program_page)
    first = visit(program_page)
    with CaptureQueriesContext(connection) as asked:
        assert visit(program_page).content == first.content
    assert len(asked) <= 13
    assert first["Vary"] == visit(program_page)["Vary"]
    assert "Cookie" in first["Vary"]
    assert is_kept(program_page)


def rename(page: Page) -> None:
    page.title = f"New name of {page.pk}"
    publish(page)


@pytest.mark.parametrize(
    "which", ["program", "session", "facilitator", "menu"], ids=["itself", "a session", "who leads it", "the menu"]
)
def test_what_is_published_shows(program_page: ProgramPage, facilitator: FacilitatorPage, which: str) -> None:
    home = Site.objects.get(is_default_site=True).root_page
    beside = home.add_child(instance=FacilitatorPage(title="About us", slug="about", show_in_menus=True))
    beside = publish(beside)
    session = program_page.sessions().get()
    page = {"program": program_page, "session": session, "facilitator": facilitator, "menu": beside}[which]
    assert page.title in visit(program_page).text
    rename(type(page).objects.get(pk=page.pk))
    assert f"New name of {page.pk}" in visit(ProgramPage.objects.get(pk=program_page.pk)).text


def test_what_is_taken_away_is_gone(program_page: ProgramPage, facilitator: FacilitatorPage) -> None:
    assert "Evan Miller" in visit(program_page).text
    facilitator.unpublish()
    assert "Evan Miller" not in visit(program_page).text


@pytest.mark.usefixtures("facilitator")
def test_what_an_administrator_changes_shows(program_page: ProgramPage) -> None:
    """The name of the site, and the part of a picture that matters."""
    shown, site = visit(program_page).text, Site.objects.get(is_default_site=True)
    admin = Client()
    admin.force_login(User.objects.create_superuser("admin", "admin@example.org", "x"))
    values = {"hostname": site.hostname, "port": site.port, "root_page": site.root_page_id, "is_default_site": "on"}
    admin.post(reverse("wagtailsites:edit", args=[site.pk]), values | {"site_name": "Circle Forward"})
    renamed = visit(program_page).text
    assert "Circle Forward" in renamed
    assert "Circle Forward" not in shown
    image = get_image_model().objects.get()
    point = {"focal_point_x": 9, "focal_point_y": 9, "focal_point_width": 3, "focal_point_height": 3}
    edited = admin.post(
        reverse("wagtailimages:edit", args=[image.pk]), {"title": "Hall", "collection": image.collection_id} | point
    )
    assert edited.status_code == 302
    assert visit(program_page).text != renamed


def test_places_and_the_state_of_the_program_show(program_page: ProgramPage, recorder: Recorder) -> None:
    visit(program_page)
    Program.objects.update(status="confirmed")
    assert not is_kept(program_page)
    recorder.counted = Places(9, 4, 1, 0)
    recorder.standing = lambda *asked: reading.Standing(places=recorder.counted)  # type: ignore[method-assign]
    assert not is_kept(program_page)
    assert "4 of 9" in visit(program_page).text
    recorder.counted = Places(9, 3, 1, 0)
    assert "5 of 9" in visit(program_page).text


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 1, 24, 8, tzinfo=UTC),
        datetime(2024, 1, 31, 8, tzinfo=UTC),
        FIRST + timedelta(hours=3),
        datetime(2024, 6, 27, 7, tzinfo=UTC),
    ],
    ids=["application deadline", "registration deadline", "end of a session", "last day"],
)
def test_the_clock_shows(program_page: ProgramPage, moment: datetime) -> None:
    with clock.at(moment - timedelta(seconds=1)):
        visit(program_page)
        assert is_kept(program_page)
    with clock.at(moment):
        assert not is_kept(program_page)
    with clock.at(BEFORE):
        assert not is_kept(program_page), "a clock that was set back"


def test_each_reader_has_their_own_zone_and_language(program_page: ProgramPage) -> None:
    german = program_page.copy_for_translation(Locale.objects.create(language_code="de"), copy_parents=True)
    german.title = "Gesunde Kultur"
    publish(german)
    plain = visit(program_page).text
    assert 'data-zone="Africa/Nairobi"' in visit(program_page, cop_zone="Africa/Nairobi").text
    assert 'data-zone="Asia/Kathmandu"' in visit(program_page, f"{program_page.get_url()}?tz=Asia/Kathmandu").text
    assert "Gesunde Kultur" in visit(german).text
    assert visit(program_page).text == plain


def test_nothing_is_kept_of_who_has_a_session_or_asks_for_something_else(program_page: ProgramPage) -> None:
    visit(program_page, sessionid="whoever")
    visit(program_page, messages="something happened")
    visit(program_page, f"{program_page.get_url()}?utm=1")
    assert not kept_pages._kept
    visit(program_page)
    assert len(kept_pages._kept) == 1


def test_a_page_that_is_restricted_is_not_kept(program_page: ProgramPage) -> None:
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=program_page, restriction_type="login")
    client = Client()
    assert client.get(program_page.get_url()).status_code == 302
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "x"))
    assert client.get(program_page.get_url()).status_code == 200
    assert not kept_pages._kept


def test_only_so_many_are_kept(program_page: ProgramPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "KEPT", 2)
    for zone in ("Africa/Nairobi", "Europe/Berlin", "Asia/Tokyo"):
        visit(program_page, cop_zone=zone)
    assert [key[3] for key in kept_pages._kept] == ["Europe/Berlin", "Asia/Tokyo"]
