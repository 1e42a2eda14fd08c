"""The number of places: state of the program's row, whatever becomes of its pages."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.models import GroupPagePermission, ModelLogEntry, Page

from cop_program import editions, places
from cop_program.api import reading
from cop_program.extensions import Places
from cop_program.models import Program, ProgramIndexPage, ProgramPage
from tests.cop_program.conftest import Recorder, publish
from tests.cop_program.test_blocks import draft

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
JSON = {"Accept": "application/json"}
FIGURES = {
    "starts_on": "2024-02-07",
    "ends_on": "2024-06-26",
    "application_deadline": "2024-01-23",
    "registration_deadline": "2024-01-30",
    "fee_0": "1997",
    "deposit_0": "100",
}


@pytest.fixture
def program(program_page: ProgramPage) -> Program:
    return Program.objects.get()


def editor(*actions: str) -> User:
    """Return somebody who may do `actions` with every page."""
    user = User.objects.create_user("-".join(actions) or "nobody")
    group = Group.objects.create(name=user.username)
    user.groups.add(group)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for action in actions:
        permission = Permission.objects.get(codename=f"{action}_page", content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=Page.get_first_root_node(), permission=permission)
    return user


def form(**values: Any) -> dict[str, Any]:
    """Return what the editor of a program page sends, complete but for `values`."""
    complete = {name: value for name, value in draft().items() if not name.startswith(("body-", "zone_groups-"))}
    streams = {f"{name}-count": "0" for name in ("body", "zone_groups")}
    return complete | streams | FIGURES | {name.replace("__", "-"): value for name, value in values.items()}


def number(program: Program) -> int | None:
    return Program.objects.get(pk=program.pk).capacity


@pytest.mark.parametrize("wanted", [0, -1, 501, 6])
def test_a_number_that_cannot_be_is_refused(program: Program, recorder: Recorder, wanted: int) -> None:
    recorder.counted = Places(capacity=9, taken=6, held=1, waiting=0)
    with pytest.raises(ValidationError):
        places.set_number(program=program, number=wanted)
    assert (number(program), program.capacity) == (9, 9)
    assert places.set_number(program=program, number=7)
    assert (number(program), program.capacity) == (7, 7)


def test_the_database_refuses_a_program_without_any_place(program: Program) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.update(capacity=0)


def test_a_place_taken_meanwhile_undoes_the_change(program: Program, recorder: Recorder) -> None:
    recorder.places_changed = lambda program, offer_until: 8  # type: ignore[method-assign]
    with pytest.raises(ValidationError, match="just taken"):
        places.set_number(program=program, number=7)
    assert number(program) == 9


def test_a_change_is_logged_once_with_both_numbers(program: Program) -> None:
    user = editor("change")
    ModelLogEntry.objects.all().delete()
    assert places.set_number(program=program, number=12, by=user)
    assert not places.set_number(program=program, number=12, by=user)
    (entry,) = ModelLogEntry.objects.filter(action=places.ACTION)
    assert (entry.user, entry.data) == (user, {"before": 9, "number": 12})
    assert "9" in str(entry.message)
    assert "12" in str(entry.message)


# By way of the page --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "headers", "after"),
    [
        ({"capacity": "12", "initial__capacity": "9"}, {}, 12),  # saved as a draft
        ({"capacity": "12", "initial__capacity": "9", "action__publish": "1"}, {}, 12),
        ({"capacity": "1", "initial__capacity": "9"}, JSON, 9),  # on the way to 12: autosave waits
        ({"capacity": "7", "initial__capacity": "7", "action__publish": "1"}, {}, 9),  # 7 when the form was opened
        ({"capacity": "", "initial__capacity": "9"}, {}, 9),
        ({"capacity": "600", "initial__capacity": "9"}, {}, 9),
        ({"capacity": "12", "initial__capacity": "9", "starts_on": ""}, {}, 12),  # an incomplete draft
        ({"capacity": "12", "initial__capacity": "9", "starts_on": "", "action__publish": "1"}, {}, 9),
    ],
)
def test_when_the_form_sets_the_number(
    client: Client, program: Program, sent: dict[str, str], headers: dict[str, str], after: int
) -> None:
    client.force_login(editor("add", "change", "publish"))
    address = reverse("wagtailadmin_pages:edit", args=[program.page_id])
    values = form(**sent)
    answer = client.post(address, values, headers=headers)
    assert answer.status_code in {200, 302}
    assert number(program) == after


@pytest.mark.parametrize(
    ("actions", "is_public", "may"),
    [
        (("add", "change", "publish"), True, True),
        (("add", "change"), True, False),
        (("add", "change"), False, True),
        ((), False, False),
    ],
)
def test_who_may_set_the_number(
    client: Client, index: ProgramIndexPage, program: Program, actions: tuple[str, ...], is_public: bool, may: bool
) -> None:
    if not is_public:
        copy = program.page.copy(update_attrs={"slug": "draft"}, keep_live=False)
        program = Program.objects.get(page=copy)
    user = editor(*actions)
    assert places.may_set(user, program.page) == may
    client.force_login(user)
    address = reverse("wagtailadmin_pages:edit", args=[program.page_id])
    client.post(address, form(slug=program.page.slug, capacity="12", initial__capacity="9"))
    assert number(program) == (12 if may else 9)


def test_the_form_shows_the_number_and_remembers_what_it_showed(client: Client, program: Program) -> None:
    client.force_login(editor("add", "change", "publish"))
    address = reverse("wagtailadmin_pages:edit", args=[program.page_id])
    shown = client.get(address).content.decode()
    assert 'name="capacity" value="9"' in shown
    assert 'name="initial-capacity" value="9"' in shown
    refused = client.post(address, form(capacity="12", initial__capacity="8", starts_on="", action__publish="1"))
    again = refused.content.decode()
    assert 'name="capacity" value="12"' in again
    assert 'name="initial-capacity" value="8"' in again


def test_a_draft_by_autosave_keeps_the_number_typed_last(client: Client, index: ProgramIndexPage) -> None:
    client.force_login(editor("add", "change", "publish"))
    address = reverse("wagtailadmin_pages:add", args=["cop_program", "programpage", index.pk])
    made = client.post(address, form(title="New", slug="new", capacity="1"), headers=JSON).json()
    address = reverse("wagtailadmin_pages:edit", args=[made["pk"]])
    for typed in ("12", "1"):
        client.post(address, form(title="New", slug="new", capacity=typed, initial__capacity="1"), headers=JSON)
        assert Program.objects.get(page=made["pk"]).capacity == int(typed)


def test_a_page_is_not_published_without_a_number(client: Client, index: ProgramIndexPage) -> None:
    client.force_login(editor("add", "change", "publish"))
    address = reverse("wagtailadmin_pages:add", args=["cop_program", "programpage", index.pk])
    values = form(title="New", slug="new", action__publish="1")
    assert client.post(address, values | {"capacity": ""}).status_code == 200
    assert not ProgramPage.objects.filter(slug="new").exists()
    assert client.post(address, values | {"capacity": "5"}).status_code == 302
    assert Program.objects.get(page__slug="new").capacity == ProgramPage.objects.live().get(slug="new").capacity == 5
    with pytest.raises(ValidationError, match="number of places"):
        index.add_child(instance=ProgramPage(title="Bare", live=False)).save_revision().publish()


def revert(page: ProgramPage) -> ProgramPage:
    """Publish the first revision again."""
    page.revisions.order_by("pk").first().publish()
    return page


def alias(page: ProgramPage) -> ProgramPage:
    return page.create_alias(update_slug="alias")


@pytest.mark.parametrize(
    ("make", "number_of_the_new"),
    [
        (revert, None),
        (lambda page: page.copy(update_attrs={"slug": "copy"}, keep_live=False), 12),
        (lambda page: page.copy(update_attrs={"slug": "copy"}, keep_live=True), 12),
        (alias, None),
        (lambda page: page.get_parent().copy(recursive=True, update_attrs={"slug": "all"}).get_children().get(), 12),
        (
            lambda page: (
                editions.copy_program(page=page, first_day=date(2024, 9, 2), title="New", by=None).program.page
            ),
            12,
        ),
    ],
)
def test_a_revert_or_a_copy_leaves_the_number_alone_and_begins_with_the_same(
    program: Program, make: Callable[[ProgramPage], Page], number_of_the_new: int | None
) -> None:
    page = ProgramPage.objects.get(pk=program.page_id)
    page.save_revision()
    places.set_number(program=program, number=12)
    made = make(page)
    assert number(program) == 12
    others = Program.objects.exclude(pk=program.pk)
    assert [one.capacity for one in others] == ([number_of_the_new] if number_of_the_new else [])
    if number_of_the_new:
        assert others.get().page_id == made.pk
        places.set_number(program=others.get(), number=3)
        assert number(program) == 12


def test_a_page_that_was_kept_is_made_anew_for_another_number(program: Program, rf: RequestFactory) -> None:
    """Also where nobody counts places."""
    request = rf.get("/")
    before = reading.state(request, program.page_id)
    assert before == reading.state(request, program.page_id)
    Program.objects.update(capacity=33)
    assert before != reading.state(request, program.page_id)


def test_what_is_set_on_a_page_is_set_on_its_row(program: Program) -> None:
    page = ProgramPage.objects.get(pk=program.page_id)
    page.capacity = 20
    assert (page.capacity, number(program)) == (20, 9)
    assert publish(page).capacity == number(program) == 20
