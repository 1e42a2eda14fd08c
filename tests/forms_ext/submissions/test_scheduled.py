"""Forms whose publication is scheduled, expires, waits for approval, or is an alias's."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site, WorkflowState

from cop_program import access, clock
from forms_ext.forms.models import FormVersion
from forms_ext.submissions import embedding
from forms_ext.submissions.models import Submission
from forms_ext.submissions.pages import FormPage
from tests.cop_program.test_publication import in_moderation, schedule, ways
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
QUESTION = [("text", {"label": "Your name", "required": True})]


@pytest.fixture
def form(db: None) -> FormPage:
    root = Site.objects.get(is_default_site=True).root_page
    page = root.add_child(instance=FormPage(title="Feedback", slug="feedback", live=False))
    page.questions = page.questions.stream_block.to_python(factories.stream(QUESTION))
    page.save_revision()
    return page


def is_shown(client: Client, page: Page) -> bool:
    answer = client.get(page.get_url())
    return answer.status_code == 200 and "Your name" in answer.text


def test_the_periodic_work_publishes_a_scheduled_form_and_lets_it_expire(client: Client, form: FormPage) -> None:
    form.expire_at = timezone.now() + timedelta(hours=1)
    form.save_revision()
    call_command("cop_tick")
    assert not is_shown(client, form)
    schedule(form)
    call_command("publish_scheduled")  # the site runs it itself, too
    call_command("cop_tick")
    assert is_shown(client, form)
    assert FormVersion.objects.filter(page=form).count() == 1
    FormPage.objects.update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("cop_tick")
    assert client.get(form.get_url()).status_code == 404


def test_a_form_with_an_empty_question_is_not_published(admin: Client, form: FormPage) -> None:
    form.questions = [("text", {"label": ""})]
    form.save_revision(clean=False)
    schedule(form)
    call_command("cop_tick")
    for address, headers in ways(in_moderation(form)):
        assert admin.post(address, {"comment": ""}, headers=headers).status_code in {200, 302}
        shown = admin.get(reverse("wagtailadmin_pages:edit", args=[form.pk])).text
        assert "Something in “questions” is missing or wrong." in shown
        assert form.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert not FormPage.objects.live().exists()
    assert not FormVersion.objects.exists()


def test_an_alias_leads_to_its_source(client: Client, form: FormPage) -> None:
    source = factories.publish(form)
    second = source.create_alias(update_slug="alias").create_alias(update_slug="second")
    source = factories.publish(source)  # which publishes the aliases as well
    assert FormVersion.objects.get().page_id == source.pk
    for query in ("", "?receipt=x"):
        assert client.get(second.get_url() + query).headers["Location"] == source.get_url()
    assert client.get(f"/go/frame/{second.pk}/").status_code == 404
    assert client.get(f"/api/v3/forms/{second.pk}/").status_code == 404
    request = client.get(source.get_url()).wsgi_request
    shown = embedding.render_form(second, request)
    assert f"/go/form/{source.pk}/" in shown
    assert access.may_see(second, request)
    with clock.at(clock.now() + timedelta(minutes=1)):
        client.post(f"/go/form/{source.pk}/", {"your_name": "Ada", "_token": token_of(shown)})
    assert Submission.objects.get().page_id == source.pk


def test_an_alias_that_becomes_a_page_of_its_own_is_a_form(admin: Client, form: FormPage) -> None:
    alias = factories.publish(form).create_alias(update_slug="alias")
    assert admin.post(reverse("wagtailadmin_pages:convert_alias", args=[alias.pk])).status_code == 302
    assert is_shown(admin, alias)
    assert FormVersion.objects.filter(page=alias).count() == 1
