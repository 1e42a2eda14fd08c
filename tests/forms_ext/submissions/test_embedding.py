"""A form inside a program page: filled in there, corrected and confirmed on its own page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from demo.models import HomePage
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from wagtail.models import Locale, Page, PageViewRestriction

from cop_program import clock
from cop_program.extensions import provider
from cop_program.models import Program, ProgramPage
from forms_ext.applications.models import Application
from forms_ext.submissions.models import Submission
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms import factories

pytestmark = pytest.mark.django_db
START = datetime(2024, 1, 10, 17, tzinfo=UTC)
type MakeForm = Callable[..., FormPage]


@pytest.fixture(autouse=True)
def january() -> Any:
    with clock.at(START):
        yield


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.get("/")


def with_form(program: Program, *forms: Page) -> ProgramPage:
    """Publish the program's page with `forms` in it."""
    page = program.page
    block = ProgramPage.body.field.stream_block  # type: ignore[attr-defined]
    page.body = block.to_python([{"type": "form", "value": {"heading": "", "page": form.pk}} for form in forms])
    block.clean(page.body)
    page.save_revision().publish()
    return ProgramPage.objects.get(pk=page.pk)


def token_of(html: str) -> str:
    return re.search(r'name="_token" value="([^"]+)"', html)[1]  # type: ignore[index]


def test_a_form_in_a_page_is_sent_to_its_own_address(client: Client, program: Program, plain_form: MakeForm) -> None:
    form = plain_form()
    shown = client.get(with_form(program, form).url)
    assert f'action="/go/form/{form.pk}/"' in shown.text
    assert "<h2>Newsletter</h2>" in shown.text
    assert "no-store" in shown["Cache-Control"], "two readers never share a token through a cache"
    answers = {"your_name": "Ada", "email": "no", "_token": token_of(shown.text)}
    with clock.at(START + timedelta(seconds=30)):
        mend = client.post(f"/go/form/{form.pk}/", answers)
        assert mend.status_code == 422
        assert 'href="#id_email"' in mend.text
        assert 'value="Ada"' in mend.text
        sent = client.post(f"/go/form/{form.pk}/", answers | {"email": "ada@example.org"})
    assert sent["Location"].startswith(form.url)
    assert Submission.objects.get().answers == {"your_name": "Ada", "email": "ada@example.org"}


def test_two_forms_in_one_page_share_no_id(client: Client, program: Program, plain_form: MakeForm) -> None:
    html = client.get(with_form(program, plain_form(), plain_form("Feedback")).url).text
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len([one for one in ids if one.endswith("_email")]) == 2
    assert sorted(ids) == sorted(set(ids))


def test_an_application_form_can_stand_in_its_programs_page(client: Client, program: Program) -> None:
    form = factories.make_application_form(program.page)
    page = with_form(program, form)
    answers = {"your_name": "Ada", "email": "ada@example.org", "size": "Small"}
    token = token_of(client.get(page.url).text)
    with clock.at(START + timedelta(seconds=30)):
        assert client.post(f"/go/form/{form.pk}/", answers | {"_token": token}).status_code == 302
    assert Application.objects.get().name == "Ada"
    with clock.at(START + timedelta(days=20)):
        html = client.get(page.url).text
        assert form.why_closed() in html
    assert f"/go/form/{form.pk}/" not in html


def test_what_may_not_be_seen_is_not_embedded(program: Program, plain_form: MakeForm, request_: HttpRequest) -> None:
    form = plain_form()
    assert "<form" in provider().render_form(form, request_)
    assert provider().render_form(program.page, request_) == ""
    registration = factories.make_registration_form(program.page)
    assert provider().render_form(registration, request_) == "", "nothing of it without an invitation"
    elsewhere = Page.get_first_root_node().add_child(instance=FormPage(title="Elsewhere", slug="elsewhere"))
    factories.publish(elsewhere, [("text", {"label": "Your name", "required": True})])
    assert provider().render_form(elsewhere, request_) == "", "a page of another site"
    restriction = PageViewRestriction.objects.create(page=form, restriction_type="password", password="x")
    assert provider().render_form(form, RequestFactory().get("/")) == ""
    restriction.delete()
    form.unpublish()
    assert provider().render_form(form, request_) == ""


def test_an_editor_is_told_to_choose_a_form(program: Program) -> None:
    with pytest.raises(ValidationError):
        with_form(program, program.page.get_parent())
    with pytest.raises(ValidationError):
        with_form(program, factories.make_registration_form(program.page))


# --- The block for pages of any type ---------------------------------------------------------------


def home_with(program: Program, *forms: Page) -> HomePage:
    """Publish the demo's home page, which knows nothing of programs, with `forms` in it."""
    home = HomePage(title="Home", slug="home", headline="Home", live=False)
    program.page.get_parent().add_child(instance=home)
    block = HomePage.body.field.stream_block  # type: ignore[attr-defined]
    home.body = block.to_python([{"type": "form", "value": {"heading": "", "page": form.pk}} for form in forms])
    block.clean(home.body)
    home.save_revision().publish()
    return HomePage.objects.get(pk=home.pk)


def test_any_page_carries_a_form(client: Client, program: Program, plain_form: MakeForm) -> None:
    form = plain_form()
    shown = client.get(home_with(program, form).url)
    assert f'action="/go/form/{form.pk}/"' in shown.text
    assert "<h2>Newsletter</h2>" in shown.text
    answers = {"your_name": "Ada", "email": "ada@example.org", "_token": token_of(shown.text)}
    with clock.at(START + timedelta(seconds=30)):
        assert client.post(f"/go/form/{form.pk}/", answers)["Location"].startswith(form.url)
    assert Submission.objects.get().answers["your_name"] == "Ada"


def test_no_cache_keeps_a_page_while_a_form_is_in_it(client: Client, program: Program, plain_form: MakeForm) -> None:
    form = plain_form()
    home = home_with(program, form)
    assert "no-store" in client.get(home.url)["Cache-Control"], "two readers never share a token through a cache"
    form.unpublish()
    shown = client.get(home.url)
    assert "Newsletter" not in shown.text
    assert "no-store" not in shown.get("Cache-Control", "")


def test_the_chooser_offers_forms_that_may_be_embedded(program: Program, plain_form: MakeForm) -> None:
    registration = factories.make_registration_form(program.page)
    with pytest.raises(ValidationError):
        home_with(program, registration)
    chooser = HomePage.body.field.stream_block.child_blocks["form"].child_blocks["page"]  # type: ignore[attr-defined]
    offered = {model.__name__ for model in chooser.widget.target_models}
    assert offered == {"FormPage", "ApplicationFormPage"}


def test_a_translated_page_shows_the_form_in_its_language(
    client: Client, program: Program, plain_form: MakeForm
) -> None:
    form, locale = plain_form(), Locale.objects.create(language_code="de")
    page = with_form(program, form)
    translated = form.copy_for_translation(locale, copy_parents=True)
    translated.title = "Rundbrief"
    translated.save_revision().publish()
    german = page.copy_for_translation(locale, copy_parents=True)
    german.save_revision().publish()
    shown = client.get(ProgramPage.objects.get(pk=german.pk).get_url()).text
    assert "<h2>Rundbrief</h2>" in shown
    assert f'action="/go/form/{translated.pk}/"' in shown
