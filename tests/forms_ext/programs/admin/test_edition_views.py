"""The pages of a new edition: who finds and uses them, and what they say."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page
from wagtail.users.models import UserProfile

from cop_program.models import Program, ProgramPage, SessionPage
from forms_ext.base import groups
from tests.forms_ext.base.admin.test_listing import text

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture
def program(program: Program) -> Program:
    """The program, called by its year, with one session."""
    page = program.page
    page.title = "Culture 2024"
    starts_at = datetime(2024, 2, 8, 0, tzinfo=UTC)
    session = SessionPage(
        title="First session",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        join_link="https://x.example",
    )
    page.add_child(instance=session)
    page.save_revision().publish()
    return program


def address(program: Program) -> str:
    return reverse("cop_programs:new_edition", args=[program.page_id])


def test_an_editor_makes_one_and_sees_what_to_look_at(program: Program, client_of: Callable[[str], Client]) -> None:
    client = client_of("editor")
    before = text(client.get(address(program)))
    assert "keeps its weekday and its time of day" in before
    assert "Cancelled sessions, join links, recordings, applications" in before

    answer = client.post(address(program), {"first_day": "2025-01-10", "title": "Culture 2024"}, follow=True)
    page = ProgramPage.objects.exclude(pk=program.page_id).get()
    assert answer.redirect_chain == [(reverse("cop_programs:checklist", args=[page.pk]), 302)]
    said = text(answer)
    assert "New edition created. All its pages are drafts." in said
    assert "Title contains a date or year: “2024”" in said
    assert "Wednesday 15 January 2025, 4:00 pm – 7:00 pm" in said
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in answer.content.decode()
    assert (page.live, page.starts_on) == (False, date(2025, 1, 15))
    assert SessionPage.objects.child_of(page).get().join_link == ""


def test_the_zone_is_named_in_the_language_of_the_editor(
    program: Program, client_of: Callable[[str], Client], user: Callable[[str], User]
) -> None:
    where = reverse("cop_programs:checklist", args=[program.page_id])
    assert "Dates and times are in Pacific Time" in text(client_of("editor").get(where))
    UserProfile.objects.update_or_create(user=user("editor"), defaults={"preferred_language": "de"})
    assert "Nordamerikanische Westküstenzeit (America/Los Angeles)" in text(client_of("editor").get(where))


def test_the_list_follows_what_the_editor_mends(program: Program, client_of: Callable[[str], Client]) -> None:
    client = client_of("editor")
    where = client.post(address(program), {"first_day": "2025-01-10", "title": "Culture 2024"})["Location"]
    page = ProgramPage.objects.exclude(pk=program.page_id).get()
    session = SessionPage.objects.child_of(page).get()
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.save_revision()
    page.title = "Culture"
    page.slug = "culture"
    page.save_revision()
    said = text(client.get(where))
    assert "Nothing to check." in said
    assert "Thursday 16 January 2025, 4:00 pm – 7:00 pm" in said


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"first_day": "", "title": "x"}, "This field is required."),
        ({"first_day": "2025-01-10", "title": ""}, "This field is required."),
        ({"first_day": "9999-12-31", "title": "x"}, "Enter a day no more than ten years from now."),
    ],
)
def test_what_cannot_be_meant_is_said_at_the_field(
    program: Program, client_of: Callable[[str], Client], values: dict[str, str], words: str
) -> None:
    answer = client_of("editor").post(address(program), values)
    assert answer.status_code == 422
    assert words in text(answer)
    assert ProgramPage.objects.count() == 1


@pytest.mark.parametrize("role", ["reviewer", "staff"])
def test_whoever_may_not_write_pages_makes_none(
    program: Program, client_of: Callable[[str], Client], role: str
) -> None:
    client = client_of(role)
    answer = client.post(address(program), {"first_day": "2025-01-10", "title": "x"})
    assert answer["Location"] == "/admin/"
    assert ProgramPage.objects.count() == 1
    if role == "staff":
        assert "New edition" not in text(client.get(reverse("cop_programs:program", args=[program.pk])))


def test_staff_who_may_write_pages_find_it_at_the_home_of_the_program(
    program: Program, client_of: Callable[[str], Client], user: Callable[[str], User]
) -> None:
    client = client_of("staff")
    user("staff").groups.add(Group.objects.get(name=groups.EDITORS))
    home = reverse("cop_programs:program", args=[program.pk])
    assert address(program) in client.get(home).content.decode()
    client.post(address(program), {"first_day": "2025-01-10", "title": "Once more"})
    draft = Program.objects.exclude(pk=program.pk).get()
    said = text(client.get(reverse("cop_programs:program", args=[draft.pk])))
    assert "Not published" in said
    assert "Create new edition" not in said


def test_the_button_stands_beside_program_pages_and_costs_no_query_a_row(
    program: Program, client_of: Callable[[str], Client]
) -> None:
    client, explore = client_of("editor"), reverse("wagtailadmin_explore", args=[program.page.get_parent().pk])
    assert address(program) in client.get(explore).content.decode()
    assert address(program) in client.get(reverse("wagtailadmin_explore", args=[program.page_id])).content.decode()
    for number in range(2):
        client.post(address(program), {"first_day": "2025-01-10", "title": f"Again {number}"})
    for number in range(2):
        client.post(address(program), {"first_day": "2025-01-10", "title": f"Again {number}"})
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(explore).content.decode()
    drafts = ProgramPage.objects.exclude(pk=program.page_id)
    assert all(reverse("cop_programs:checklist", args=[page.pk]) in shown for page in drafts)
    assert [query["sql"] for query in asked if '"cop_program_program"' in query["sql"]] == []


def test_an_editor_of_another_branch_makes_none(program: Program, client_of: Callable[[str], Client]) -> None:
    client = client_of("editor")
    elsewhere = Page.get_first_root_node().add_child(instance=Page(title="Elsewhere"))
    GroupPagePermission.objects.filter(group__name=groups.EDITORS).update(page=elsewhere)
    assert client.get(address(program))["Location"] == "/admin/"
