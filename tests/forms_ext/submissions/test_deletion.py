"""Pages that answers depend on cannot be deleted: editors are told why, singly, in bulk, and for pages above."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.submissions import actions, files
from forms_ext.submissions.cleaned import CleanSubmission
from forms_ext.submissions.models import Submission, Upload
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms import factories

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
type MakeForm = Callable[..., FormPage]


def answer(page: FormPage) -> Submission:
    version = page.current_version()
    assert version
    actions.submit(page=page, submission=CleanSubmission(version, {"your_name": "Ada"}))
    return Submission.objects.get()


def ways_to_delete(page: Page) -> list[str]:
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    return [
        reverse("wagtailadmin_pages:delete", args=[page.pk]),
        reverse("wagtailadmin_pages:delete", args=[page.get_parent().pk]),
        f"{bulk}?id={page.pk}&next=/admin/",
        f"{bulk}?id={page.get_parent().pk}&next=/admin/",
    ]


def refused(admin: Client, page: Page, words: str) -> None:
    for address in ways_to_delete(page):
        if "/bulk/" not in address:
            assert words in admin.get(address, follow=True).text, "told before anything is asked"
        assert words in admin.post(address, follow=True).text
        assert type(page).objects.filter(pk=page.pk).exists()


def test_a_form_with_answers_is_kept_until_they_are_deleted(admin: Client, plain_form: MakeForm) -> None:
    page = plain_form()
    sent = answer(page)
    refused(admin, page, "1 person has answered “Newsletter”.")
    actions.delete(submission=sent, by=User.objects.get())
    admin.post(ways_to_delete(page)[0])
    assert not FormPage.objects.exists()


def test_a_form_for_which_a_file_waits_is_kept(admin: Client, plain_form: MakeForm) -> None:
    page = plain_form()
    file = SimpleUploadedFile("paper.pdf", b"%PDF-1.7", content_type="application/pdf")
    files.keep(file, page_id=page.pk, question_key="paper")
    refused(admin, page, "Someone is filling in “Newsletter”")
    Upload.objects.all().delete()
    admin.post(ways_to_delete(page)[2])
    assert not FormPage.objects.exists()


def test_a_form_that_was_moved_away_from_its_answers_is_kept(
    admin: Client, program: Program, plain_form: MakeForm
) -> None:
    """Its program is another one now; the version that people saw is still needed."""
    form = factories.make_application_form(program.page)
    version = form.current_version()
    assert version
    Application.objects.create(
        program=program, version=version, reference="A-1", name="Ada", submitted_at=datetime(2024, 1, 10, tzinfo=UTC)
    )
    Page.objects.get(pk=form.pk).move(program.page.get_parent(), pos="last-child")
    form = type(form).objects.get(pk=form.pk)
    for address in (ways_to_delete(form)[0], ways_to_delete(form)[2]):
        assert (
            "“Apply” cannot be deleted. Other records need it: applications (1)."
            in admin.post(address, follow=True).text
        )
    assert type(form).objects.exists()


def test_pages_that_nobody_answered_are_deleted(admin: Client, program: Program, plain_form: MakeForm) -> None:
    plain_form()
    factories.make_application_form(program.page)
    admin.post(reverse("wagtailadmin_pages:delete", args=[program.page.pk]))
    assert not Program.objects.exists()
