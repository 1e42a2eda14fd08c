"""Drafts with a title alone: saved, looked at and copied everywhere without an error; published by nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site, Workflow
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from cop_program.models import FacilitatorIndexPage, Program, ProgramIndexPage, ProgramPage, SessionPage
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base import consistency, periodic
from forms_ext.registration.pages import RegistrationFormPage

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
EMPTY = nested_form_data(
    {
        **dict.fromkeys(
            ("home_zone", "starts_on", "ends_on", "application_deadline", "registration_deadline", "capacity"), ""
        ),
        **dict.fromkeys(("cancellation_deadline", "least_members", "fee_0", "deposit_0", "rebate_percentage"), ""),
        **{"fee_1": "USD", "deposit_1": "USD", "starts_at": "", "ends_at": ""},
        **dict.fromkeys(
            ("audience", "prerequisite", "cancellation_policy", "description", "biography"), rich_text("", features=[])
        ),
        **dict.fromkeys(("program_facilitators", "comments"), inline_formset([])),
        "zone_groups-count": "0",
        "body-count": "0",
        "refund_terms-count": "0",
    }
)


@pytest.fixture
def index(db: None) -> ProgramIndexPage:
    root = Site.objects.get(is_default_site=True).root_page
    return root.add_child(instance=ProgramIndexPage(title="Programs", slug="programs"))


def save(client: Client, kind: str, parent: Page, **sent: str) -> Page:
    """Save a draft with a title alone, and return it as it is in the database."""
    address = reverse("wagtailadmin_pages:add", args=["cop_program", kind, parent.pk])
    answer = client.post(address, EMPTY | {"title": f"New {kind}", "slug": f"new-{kind}"} | sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return Page.objects.get(slug=f"new-{kind}").specific


@pytest.fixture(params=["without a row", "with a row"])
def titled(request: Any, admin: Client, index: ProgramIndexPage) -> ProgramPage:
    """A draft with a title alone; with a row, too, whose staff's pages must stand it."""
    page = save(admin, "programpage", index)
    if request.param == "with a row":
        Program.objects.create(translation_key=page.translation_key, page=page)
    return page


def test_a_draft_with_a_title_alone_is_looked_at_everywhere(admin: Client, titled: ProgramPage) -> None:
    page = titled
    below = [page, save(admin, "sessionpage", page)]
    people = page.get_parent().get_parent().add_child(instance=FacilitatorIndexPage(title="People", slug="people"))
    below.append(save(admin, "facilitatorpage", people))
    below += [
        page.add_child(instance=kind(title="Form", slug=kind.__name__.lower(), live=False))
        for kind in (ApplicationFormPage, RegistrationFormPage)
    ]
    program = Program.for_page(page)
    paths = [reverse("wagtailadmin_explore", args=[page.pk]), reverse("cop_programs:programs")]
    paths += [reverse("wagtailadmin_explore", args=[page.get_parent().pk])]
    for one in below:
        one.save_revision(clean=False)
        paths += [reverse(f"wagtailadmin_pages:{name}", args=[one.pk]) for name in ("edit", "history", "view_draft")]
        last = one.revisions.count()
        revisions = list(one.revisions.order_by("pk").values_list("pk", flat=True))
        assert last == len(revisions) > 0
        compare = [one.pk, revisions[0], revisions[-1]]
        paths.append(reverse("wagtailadmin_pages:revisions_compare", args=compare))
        paths.append(reverse("wagtailadmin_pages:preview_on_edit", args=[one.pk]) + "?mode=")
    paths.append(reverse("cop_programs:checklist", args=[page.pk]))
    if program:
        views = ("program", "confirm", "cancel", "places")
        paths += [reverse(f"cop_programs:{name}", args=[program.pk]) for name in views]
        paths += [reverse("cop_programs:new_edition", args=[page.pk]), reverse("cop_accounts_modeladmin_index")]
    for path in paths:
        answer = admin.get(path, follow=True)
        assert answer.status_code == 200, path
    for path in (page.url, reverse("cop_program:calendar", args=[page.pk]), f"/api/v3/programs/{page.pk}/"):
        assert admin.get(path).status_code == 404, path
    assert admin.get(page.get_parent().get_url()).status_code == 200
    assert admin.get("/api/v3/programs/").json()["count"] == 0
    assert list(consistency.run_all()) == []
    assert periodic.run_all() == []


def test_a_new_edition_is_made_of_a_draft_with_a_title_alone(admin: Client, index: ProgramIndexPage) -> None:
    page = save(admin, "programpage", index, capacity="7")
    save(admin, "sessionpage", page)
    address = reverse("cop_programs:new_edition", args=[page.pk])
    answer = admin.post(address, {"first_day": "2024-09-02", "title": "Again"}, follow=True)
    assert answer.status_code == 200
    program = Program.objects.get(page__title="Again")
    assert (program.capacity, program.page.starts_on) == (7, None)
    assert SessionPage.objects.child_of(program.page).get().starts_at is None


def test_checks_across_fields_wait_for_publication(admin: Client, index: ProgramIndexPage) -> None:
    wrong = {"starts_on": "2024-06-26", "ends_on": "2024-02-07", "fee_0": "-5", "deposit_0": "100"}
    page = save(admin, "programpage", index, **wrong)
    session = save(admin, "sessionpage", page, starts_at="2020-01-02 10:00", ends_at="2020-01-02 09:00")
    assert (page.starts_on > page.ends_on, session.starts_at > session.ends_at) == (True, True)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answer = admin.post(address, EMPTY | wrong | {"title": "New", "slug": "new", "action-publish": "1"})
    errors = answer.context["form"].errors
    assert {"ends_on", "fee", "application_deadline", "registration_deadline", "capacity"} <= set(errors)


def publish_by_button(client: Client, page: ProgramPage) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.post(address, EMPTY | {"title": "New", "slug": "new", "action-publish": "1"}).status_code == 200


def publish_in_bulk(client: Client, page: ProgramPage) -> None:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    assert client.post(f"{address}?id={page.pk}&next=/admin/").status_code == 302


def schedule_by_button(client: Client, page: ProgramPage) -> None:
    later = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = {"title": "New", "slug": "new", "action-publish": "1", "go_live_at": later}
    assert client.post(address, EMPTY | sent).status_code == 200
    assert not page.revisions.filter(approved_go_live_at__isnull=False).exists()


def publish_on_schedule(client: Client, page: ProgramPage) -> None:
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(hours=1))
    call_command("publish_scheduled")


def publish_by_workflow(client: Client, page: ProgramPage) -> None:
    workflow = Workflow.objects.create(name="Straight", active=True)
    with pytest.raises(ValidationError):
        workflow.start(page, User.objects.get())  # without a task it is approved at once


def publish_by_code(client: Client, page: ProgramPage) -> None:
    with pytest.raises(ValidationError):
        page.get_latest_revision().publish()


@pytest.mark.parametrize(
    "publish",
    [
        publish_by_button,
        publish_in_bulk,
        schedule_by_button,
        publish_on_schedule,
        publish_by_workflow,
        publish_by_code,
    ],
)
def test_an_incomplete_draft_is_published_by_nobody(admin: Client, index: ProgramIndexPage, publish: Any) -> None:
    page = save(admin, "programpage", index)
    publish(admin, page)
    page.refresh_from_db()
    assert not page.live
    assert not Program.objects.exists()
