"""Forms as editors build them: incomplete drafts, previews, copies, and what publishing requires."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base import groups
from forms_ext.forms import blocks, definitions, question_types
from forms_ext.forms.models import FormVersion
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions import actions
from forms_ext.submissions.cleaned import CleanSubmission
from forms_ext.submissions.models import Submission, Upload
from forms_ext.submissions.pages import AbstractFormPage, FormPage
from tests.forms_ext.forms import factories

pytestmark = pytest.mark.django_db
START = datetime(2024, 1, 10, 17, tzinfo=UTC)
UNFINISHED: list[tuple[str, Any]] = [(kind.name, {"label": ""}) for kind in question_types.all_types()]


@pytest.fixture(autouse=True)
def january() -> Any:
    with clock.at(START):
        yield


@pytest.fixture
def editor(client: Client) -> Client:
    user = User.objects.create_user("edith", "edith@example.org", "x")
    user.groups.add(Group.objects.get(name=groups.EDITORS))
    client.force_login(user)
    return client


def form_data(questions: list[tuple[str, Any]], **values: Any) -> dict[str, Any]:
    """Return what the editor of a form posts."""
    full = []
    for kind, value in questions:
        known = AbstractFormPage.questions.field.stream_block.child_blocks[kind].child_blocks  # type: ignore[attr-defined]
        full.append((kind, {name: "" for name in known if name != "required"} | value))
    return nested_form_data(
        {
            "title": "Apply",
            "slug": "apply",
            "introduction": rich_text(""),
            "thanks": rich_text(""),
            "submit_label": "",
            "questions": streamfield(full),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 0},
            "seo_title": "",
            "search_description": "",
        }
        | values
    )


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


# Drafts and previews ---------------------------------------------------------------------------


def test_a_draft_with_empty_questions_is_kept_shown_and_changes_nothing_for_visitors(
    editor: Client, program: Program
) -> None:
    page = factories.make_application_form(program.page)
    draft = form_data(UNFINISHED)
    kept = editor.post(edit_url(page), draft, headers={"Accept": "application/json"})
    assert (kept.status_code, kept.json()["success"]) == (200, True)
    assert editor.get(edit_url(page)).status_code == 200
    assert editor.post(f"{edit_url(page)}preview/", draft).json()["is_valid"]
    shown = editor.get(f"{edit_url(page)}preview/?mode=&in_preview_panel=true")
    assert shown.status_code == 200
    assert shown.text.count('class="cop-field') >= len(UNFINISHED)
    assert shown.text.count("(Untitled question)") == len(UNFINISHED)
    assert FormVersion.objects.count() == 1
    assert "Your name" in Client().get(page.url).text


def test_a_form_with_many_questions_is_kept(editor: Client, program: Program) -> None:
    page = factories.make_application_form(program.page)
    draft = form_data([("text", {"label": f"Question {number}"}) for number in range(150)])
    assert len(draft) > 1000, "more fields than Django takes by default"
    assert editor.post(edit_url(page), draft, headers={"Accept": "application/json"}).status_code == 200


def test_the_editor_is_told_at_the_question_of_a_limit_that_its_role_has_no_room_for(
    editor: Client, program: Program
) -> None:
    page = factories.make_application_form(program.page)
    questions = [("text", {"label": "Your name", "role": "name", "max_length": "201"}), *factories.APPLICATION[1:2]]
    answer = editor.post(edit_url(page), form_data(questions) | {"action-publish": "1"})
    assert answer.status_code == 200
    assert "Enter 200 or less. Answers with the role" in answer.text
    assert editor.post(edit_url(page), form_data(questions)).status_code == 302, "a draft waits"
    assert FormVersion.objects.count() == 1


def test_a_new_form_is_kept_before_it_has_a_question(editor: Client, program: Program) -> None:
    address = reverse("wagtailadmin_pages:add", args=["forms_ext", "applicationformpage", program.page.pk])
    kept = editor.post(address, form_data([]), headers={"Accept": "application/json"})
    assert (kept.status_code, kept.json()["success"]) == (200, True)
    page = ApplicationFormPage.objects.get()
    assert not page.live
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    choices: list[tuple[Page, dict[str, str]]] = [(page, {}), (program.page, {"include_descendants": "on"})]
    for chosen, below in choices:
        answer = editor.post(f"{bulk}?id={chosen.pk}&next=/admin/", below, follow=True)
        assert "“Apply” cannot be published yet: Give each of these roles to exactly one question" in answer.text
    assert not ApplicationFormPage.objects.get().live
    assert not FormVersion.objects.exists()


def test_an_unfinished_form_is_not_published_and_says_why(editor: Client, program: Program) -> None:
    page = factories.make_application_form(program.page)
    publish = {"action-publish": "1"}
    answer = editor.post(edit_url(page), form_data([("text", {"label": "Hopes"})], **publish))
    assert "Give each of these roles to exactly one question" in answer.text
    twice = [("text", {"label": name, "role": "name"}) for name in ("One", "Two")]
    answer = editor.post(edit_url(page), form_data([*twice, ("email", {"label": "E", "role": "email"})], **publish))
    assert answer.text.count("Only one question can have it.") == 2
    assert editor.post(edit_url(page), form_data(UNFINISHED, **publish)).status_code == 200
    answer = editor.post(edit_url(page), form_data([("choice", {"label": "Size", "choices": "Big\nBig"})], **publish))
    assert "at least two different choices" in answer.text
    assert FormVersion.objects.count() == 1


NAME, EMAIL = factories.APPLICATION[:2]
REFUSED: list[tuple[list[tuple[str, Any]], list[str]]] = [
    ([("number", {"label": "Age", "minimum": "90", "maximum": "10"})], ["Enter 90 or more, or change the minimum."]),
    ([], ["Add at least one question."]),
    ([("section", {"title": "About you"})], ["Add at least one question."]),
    (
        [NAME, EMAIL, ("text", {"label": "Full name", "role": "name"})],
        [
            "“Full name” has the role “Name” as well. Only one question can have it.",
            "“Your name” has the role “Name” as well. Only one question can have it.",
        ],
    ),
    (
        [("text", {"label": label, "role": "organization"}) for label in ("Company", "School")],
        ["“School” has the role", "“Company” has the role"],
    ),
]


@pytest.mark.parametrize(("questions", "sentences"), REFUSED)
def test_what_no_form_can_ask_is_refused_when_it_is_published(
    editor: Client, plain_form: Callable[..., FormPage], questions: list[tuple[str, Any]], sentences: list[str]
) -> None:
    page = plain_form()
    draft = form_data(questions)
    assert editor.post(edit_url(page), draft).status_code == 302, "a draft waits"
    answer = editor.post(edit_url(page), draft | {"action-publish": "1"})
    assert answer.status_code == 200
    text = unescape(answer.text)
    assert [sentence for sentence in sentences if json.dumps(sentence)[1:-1] not in text] == []
    assert FormVersion.objects.count() == 1
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    assert "cannot be published yet" in editor.post(f"{bulk}?id={page.pk}&next=/admin/", follow=True).text
    assert FormVersion.objects.count() == 1


def test_a_new_form_begins_with_the_questions_that_it_needs(editor: Client, program: Program) -> None:
    labels = {
        "applicationformpage": ["Your name", "Your email address"],
        "registrationformpage": ["Your name", "Your email address", "Name for the invoice", "Your country"],
    }
    for kind, expected in labels.items():
        shown = editor.get(reverse("wagtailadmin_pages:add", args=["forms_ext", kind, program.page.pk])).text
        assert [label for label in expected if label not in shown] == []
    assert all(
        not blocks.missing_roles(stream_of(kind), kind.required_roles)
        for kind in (FormPage, ApplicationFormPage, RegistrationFormPage)
    )


def stream_of(kind: type[AbstractFormPage]) -> Any:
    block = kind.questions.field.stream_block  # type: ignore[attr-defined]
    return block.to_python(blocks.first_questions(kind.required_roles))


def test_a_preview_can_not_be_sent(editor: Client, program: Program) -> None:
    page = factories.make_application_form(program.page)
    editor.post(f"{edit_url(page)}preview/", form_data(factories.APPLICATION))
    preview = f"{edit_url(page)}preview/?mode="
    html = editor.get(preview).text
    assert 'action=""' not in html
    assert "/go/form/" not in html
    assert "disabled>" in html


def test_the_editor_says_what_a_form_needs(editor: Client, program: Program) -> None:
    application = factories.make_application_form(program.page)
    registration = factories.make_registration_form(program.page)
    assert "to exactly one question: Name, Email." in editor.get(edit_url(application)).text
    html = editor.get(edit_url(registration)).text
    assert "Billing address, Consent to the cancellation policy." in html
    assert "Confirmation text" not in html, "whoever has registered is led to their own page"


values = st.recursive(st.none() | st.text(max_size=8) | st.integers() | st.booleans(), st.lists, max_leaves=3)


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_draft_compiles_to_something_that_can_be_shown(data: st.DataObject, rf: Any, program: Program) -> None:
    """A draft may lack anything: no label, no choices, limits the wrong way round."""
    optional = st.none() | st.text(max_size=8)
    questions = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from([kind.name for kind in question_types.all_types()]),
                st.fixed_dictionaries(
                    {},
                    optional={
                        "label": optional,
                        "help": optional,
                        "required": st.booleans(),
                        "choices": optional,
                        "minimum": st.none() | st.integers(-5, 5).map(str),
                        "maximum": st.none() | st.integers(-5, 5).map(str),
                        "max_length": st.none() | st.integers(1, 9),
                        "role": st.none() | st.sampled_from(["", "name", "email", "country"]),
                    },
                ),
            ),
            max_size=5,
        )
    )
    page = FormPage(title="Draft", slug="draft")
    raw = [{"type": kind, "value": value, "id": str(number)} for number, (kind, value) in enumerate(questions)]
    page.questions = page.questions.stream_block.to_python([*raw, {"type": "note", "value": ""}])
    page.depth, page.path = 3, f"{program.page.get_parent().path}0009"
    response = page.serve_preview(rf.get("/"), "")
    response.render()
    assert response.status_code == 200
    assert len(definitions.definition_of(page)["questions"]) == len(questions) + 1


# Copies ----------------------------------------------------------------------------------------


def keys(version: FormVersion) -> list[str]:
    return [question["key"] for question in version.definition["questions"]]


def test_a_copied_form_starts_from_its_sources_keys_and_goes_its_own_way(plain_form: Callable[..., FormPage]) -> None:
    source = plain_form()
    first = source.current_version()
    assert first
    actions.submit(page=source, submission=CleanSubmission(first, {"your_name": "Ada"}))
    copy = source.copy(update_attrs={"title": "Feedback", "slug": "feedback"}, keep_live=False)
    assert copy.current_version() is None, "a copy shares no version, and takes no answers before it is published"
    assert Client().get(f"/go/form/{copy.pk}/").status_code == 404
    published = factories.publish(FormPage.objects.get(pk=copy.pk))
    own = published.current_version()
    assert own
    assert (own.page_id, own.number, own.pk != first.pk) == (copy.pk, 1, True)
    assert keys(own) == keys(first)
    raw = published.questions.get_prep_value()
    raw[0]["value"]["label"] = "Full name"
    published.questions = published.questions.stream_block.to_python(
        [*raw, {"type": "text", "value": {"label": "Your name", "required": False}}]
    )
    changed = factories.publish(published).current_version()
    assert changed
    assert keys(changed) == ["your_name", "email", "paper", "your_name_2"], "a renamed question keeps its key"
    assert source.current_version() == first
    assert Submission.objects.get().page_id == source.pk
    assert not Upload.objects.exists()


def test_a_copied_program_brings_forms_of_its_own(editor: Client, program: Program) -> None:
    form = factories.make_application_form(program.page)
    factories.make_registration_form(program.page)
    answer = editor.post(
        reverse("wagtailadmin_pages:copy", args=[program.page.pk]),
        {
            "new_title": "Culture again",
            "new_slug": "culture-again",
            "new_parent_page": program.page.get_parent().pk,
            "copy_subpages": "on",
            "publish_copies": "on",
        },
    )
    assert answer.status_code == 302
    copy = ApplicationFormPage.objects.exclude(pk=form.pk).get()
    version, source = copy.current_version(), form.current_version()
    assert version
    assert source
    assert version.pk != source.pk, "a copy that is live at once has a version at once"
    assert keys(version) == keys(source)
    assert copy.slug == form.slug
    assert copy.url != form.url
    assert copy.program not in (None, program)
    assert Client().get(copy.url).status_code == 200


def test_options_of_a_type_keep_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    class Scale(question_types.QuestionType):
        name, options = "scale", ("points", "low", "high", "step")

    monkeypatch.setitem(question_types._types, "scale", Scale())
    value = {"label": "How?", "points": 5, "low": "Poor", "high": "", "step": Decimal("0.5")}
    child = SimpleNamespace(block_type="scale", id="1", value=value)
    asked = definitions._question(child, "how")
    assert {name: asked[name] for name in Scale.options if name in asked} == {"points": 5, "low": "Poor", "step": 0.5}
