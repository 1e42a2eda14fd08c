"""Publishing by other ways than the editor's button: an incomplete draft is refused in words; nothing else stops."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, PageLogEntry, Revision, Workflow, WorkflowState, WorkflowTask
from wagtail.signals import page_published

from cop_program import places, publication
from cop_program.models import FacilitatorPage, Program, ProgramIndexPage, ProgramPage, SessionPage
from tests.cop_program.conftest import Recorder, publish
from tests.cop_program.test_places import form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
XHR = {"X-Requested-With": "XMLHttpRequest"}


def incomplete(parent: Page, kind: type[Page] = ProgramPage) -> Any:
    page = parent.add_child(instance=kind(title="Bare", slug="bare", live=False))
    page.save_revision(clean=False)
    return page


def schedule(page: Page, *, minutes: int = 1) -> Page:
    """Let the draft of `page` have been due for some minutes."""
    due = timezone.now() - timedelta(minutes=minutes)
    Revision.objects.filter(pk=page.get_latest_revision().pk).update(approved_go_live_at=due)
    return page


def ways(page: Page) -> list[tuple[str, dict[str, str]]]:
    """Return the addresses and headers by which a moderator approves from outside the editor."""
    (state,) = page.current_workflow_state.task_states.all()
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    return [(address, {}), (address, XHR)]


def in_moderation(page: Page) -> Page:
    """Send the draft of `page` to moderators."""
    workflow = Workflow.objects.create(name="Look twice")
    task = GroupApprovalTask.objects.create(name="Look")
    task.groups.add(Group.objects.get(name="Moderators"))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    workflow.start(page, None)
    return page


@pytest.mark.parametrize("kind", [ProgramPage, SessionPage])
def test_an_approval_of_an_incomplete_draft_is_refused_in_words(
    admin: Client, index: ProgramIndexPage, program_page: ProgramPage, kind: type[Page]
) -> None:
    page = in_moderation(incomplete(index if kind is ProgramPage else program_page, kind))
    for address, headers in ways(page):
        answer = admin.post(address, {"comment": ""}, headers=headers)
        assert answer.status_code == (200 if headers else 302)
        shown = admin.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert "“Bare” cannot be published yet: Missing: " in shown
        assert not Page.objects.get(pk=page.pk).live
        assert page.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS


def test_an_approval_publishes_a_complete_draft(admin: Client, program_page: ProgramPage) -> None:
    program_page.title = "Renamed"
    program_page.save_revision()
    address, _ = ways(in_moderation(program_page))[0]
    assert admin.post(address, {"comment": ""}).status_code == 302
    assert ProgramPage.objects.get(pk=program_page.pk).title == "Renamed"


def test_the_schedule_passes_over_an_incomplete_draft_and_tells_editors(
    admin: Client, program_page: ProgramPage, index: ProgramIndexPage, caplog: pytest.LogCaptureFixture
) -> None:
    page = schedule(incomplete(index), minutes=2)
    program_page.title = "Renamed"
    program_page.save_revision()
    schedule(program_page)
    with caplog.at_level(logging.WARNING):
        call_command("publish_scheduled")
        call_command("publish_scheduled")
    assert ProgramPage.objects.get(pk=program_page.pk).title == "Renamed"
    page.refresh_from_db()
    assert (page.live, page.approved_schedule) == (False, False)
    assert [entry.page_id for entry in PageLogEntry.objects.filter(action=publication.REFUSED)] == [page.pk]
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == [
        f"Page {page.pk} was not published as scheduled, because it is incomplete: application_deadline, capacity, "
        "ends_on, registration_deadline, starts_on"
    ]

    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    told = "This page was not published as scheduled. Missing: first day, last day"
    assert edit in admin.get("/admin/").content.decode()
    assert told in admin.get(edit).content.decode()
    assert "Not published as scheduled" in admin.get(reverse("wagtailadmin_pages:history", args=[page.pk])).text
    other = Client()
    other.force_login(User.objects.create_user("nobody"))
    assert publication.refused_for(User.objects.get(username="nobody")) == []

    page.save_revision(clean=False)  # an editor has seen to it
    assert edit not in admin.get("/admin/").content.decode()
    assert told not in admin.get(edit).content.decode()


def test_what_is_wrong_inside_a_stream_counts(program_page: ProgramPage) -> None:
    program_page.body = [("quotation", {"text": "", "source": ""})]
    program_page.save_revision(clean=False)
    schedule(program_page)
    call_command("publish_scheduled")
    (note,) = PageLogEntry.objects.filter(action=publication.REFUSED)
    assert note.data == {"fields": ["body"]}


def test_a_scheduled_page_is_published_and_expires_once(index: ProgramIndexPage, program_page: ProgramPage) -> None:
    told: list[Page] = []

    def tell(instance: Page, **kwargs: Any) -> None:
        told.append(instance)

    page = program_page.copy(update_attrs={"slug": "later"}, keep_live=False)
    page.expire_at = timezone.now() + timedelta(seconds=-1)
    page.save_revision()
    schedule(page)
    page_published.connect(tell)
    try:
        stale = page.get_latest_revision()
        call_command("publish_scheduled")
        stale.publish(log_action=publication.SCHEDULED)  # another process has found it at the same moment
        assert [one.pk for one in told] == [page.pk]
        assert Page.objects.get(pk=page.pk).live
        call_command("publish_scheduled")
        call_command("publish_scheduled")
    finally:
        page_published.disconnect(tell)
    page = Page.objects.get(pk=page.pk)
    assert (page.live, page.expired) == (False, True)
    assert PageLogEntry.objects.filter(page=page, action="wagtail.unpublish.scheduled").count() == 1
    assert Program.objects.filter(page=page).exists()


# In the editor ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "headers"), [({}, {}), ({"action__publish": "1"}, {}), ({}, {"Accept": "application/json"})]
)
def test_a_place_taken_meanwhile_is_an_error_at_the_field(
    admin: Client, program_page: ProgramPage, recorder: Recorder, sent: dict[str, str], headers: dict[str, str]
) -> None:
    """Taken between the check of the form and the save."""
    if headers:  # autosave leaves the number of a public program alone
        ProgramPage.objects.update(live=False, first_published_at=None)
    recorder.places_changed = lambda program, offer_until: 8  # type: ignore[method-assign]
    address = reverse("wagtailadmin_pages:edit", args=[program_page.pk])
    revisions = program_page.revisions.count()
    values = form(capacity="7", initial__capacity="9", title="Typed", **sent)
    answer = admin.post(address, values, headers=headers)
    assert answer.status_code == (400 if headers else 200)
    if not headers:
        assert "Someone has just taken a place" in str(answer.context["form"].errors["capacity"])
        assert 'value="Typed"' in answer.text
    assert (Program.objects.get().capacity, program_page.revisions.count()) == (9, revisions)
    recorder.places_changed = lambda program, offer_until: 7  # type: ignore[method-assign]
    assert admin.post(address, values).status_code == 302
    assert Program.objects.get().capacity == 7


def test_what_is_refused_while_a_page_is_created_leaves_nothing_behind(
    admin: Client, index: ProgramIndexPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("wagtailadmin_pages:add", args=["cop_program", "programpage", index.pk])
    values = form(title="New", slug="new", capacity="5", action__publish="1")
    check = places.check
    with monkeypatch.context() as patch:
        patch.setattr(places, "set_number", lambda **kwargs: check(None, 1000))
        answer = admin.post(address, values)
    assert answer.status_code == 200
    assert "Enter a number from 1 to 500." in str(answer.context["form"].errors["capacity"])
    assert not Page.objects.filter(slug="new").exists()
    assert admin.post(address, values).status_code == 302
    assert ProgramPage.objects.live().get(slug="new").capacity == 5


def test_wagtails_other_views_of_our_pages_are_its_own(
    admin: Client, program_page: ProgramPage, facilitator: FacilitatorPage, add_session: Callable[..., SessionPage]
) -> None:
    for page in (program_page, facilitator, add_session(), program_page.get_parent()):
        for name in ("edit", "history", "copy", "move", "usage", "delete", "unpublish", "workflow_history"):
            assert admin.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code == 200, name
        kind = [page._meta.app_label, page._meta.model_name]
        assert admin.get(reverse("wagtailadmin_pages:type_use", args=kind)).status_code == 200
        assert admin.get(reverse("wagtailadmin_explore", args=[page.pk])).status_code == 200


def test_an_alias_that_becomes_a_page_of_its_own_is_a_program(admin: Client, program_page: ProgramPage) -> None:
    alias = publish(program_page).create_alias(update_slug="alias")
    second = alias.create_alias(update_slug="second")
    program_page.title = "Renamed"
    publish(program_page)  # with its aliases
    assert {page.title for page in ProgramPage.objects.all()} == {"Renamed"}
    assert not Program.objects.filter(page__in=[alias, second]).exists()
    assert admin.post(reverse("wagtailadmin_pages:convert_alias", args=[alias.pk])).status_code == 302
    assert Program.objects.get(page=alias).capacity is None
