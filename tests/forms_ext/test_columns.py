"""Answers that fill a column fit it, whichever way they arrive: the error is a message at the field, never one of the
database. The forms here were published before their limits were checked.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from cop_program import clock, publication
from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.forms import compiler, question_types, roles
from forms_ext.forms.blocks import missing_roles
from forms_ext.ledger.models import Account
from forms_ext.registration.models import Registration
from forms_ext.submissions.models import Submission
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.admission import factories
from tests.forms_ext.forms.factories import REGISTRATION, make_application_form, make_registration_form, publish, stream

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
WIDE = {"max_length": 20000}
APPLYING: list[tuple[str, dict[str, Any]]] = [
    ("text", {"label": "Name", "role": "name", "required": True} | WIDE),
    ("email", {"label": "Email", "role": "email", "required": True}),
    ("text", {"label": "Organization", "role": "organization", "required": False} | WIDE),
    ("country", {"label": "Country", "role": "country", "required": False}),
]
REGISTERING = [
    (kind, question | (WIDE if kind in {"text", "long_text"} else {}))
    for kind, question in [("text", {"label": "Organization", "role": "organization"}), *REGISTRATION]
]
APPLIED = {"name": "Ada", "email": "ada@example.org", "organization": "Acme", "country": "CA"}
REGISTERED = {
    "your_name": "Ada", "email": "ada@example.org", "billing_name": "Acme", "billing_address": "1 First Street",
    "country": "CA", "i_accept": True, "organization": "",
}  # fmt: skip
#: The column of each role that has text, as its model says it.
LIMITS = {"name": 200, "email": 254, "organization": 200, "billing_name": 200, "billing_address": 600}
#: Publishing refuses a question that takes more than its column: versions that are older than that are made so.
UNCHECKED = patch.object(publication, "check")
ASIDE = "\U00020bb7"  # one character, four bytes, and two units of JavaScript
GROWS, SHRINKS = "\u0958", "e\u0301"  # of one code point NFC makes two, and of two one


@pytest.fixture(autouse=True)
def january(settings: Any) -> Iterator[None]:
    settings.COP_RATE_LIMIT_ADDRESS = settings.COP_RATE_LIMIT_RECIPIENT = 1000
    with clock.at(factories.START):
        yield


@pytest.fixture
def program() -> Program:
    program = factories.open_program(cancellation_policy="<p>It is kept after that.</p>")
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    with UNCHECKED:
        make_application_form(program.page, APPLYING)
        publish(make_registration_form(program.page), REGISTERING)
    return program


type Answers = dict[str, Any]
type Send = Callable[[Answers], tuple[bool, str]]
"""Sends answers; returns whether they were taken, and what was said."""


def posted(client: Client, path: str, shown: str, answers: Answers) -> tuple[bool, str]:
    token = re.search(r'name="_token" value="([^"]+)"', client.get(shown, follow=True).text)
    assert token
    with clock.at(factories.START + timedelta(seconds=30)):
        answer = client.post(path, answers | {"_token": token[1]})
    assert answer.status_code in {302, 422}, answer.text[:3000]
    return answer.status_code == 302, getattr(answer, "text", "")


def in_json(path: str, answers: Answers, **headers: str) -> tuple[bool, str]:
    filled = {key: value for key, value in answers.items() if value != ""}
    answer = Client().post(path, {"answers": filled}, content_type="application/json", headers=headers)
    assert answer.status_code in {201, 422}, answer.text[:3000]
    return answer.status_code == 201, answer.text if answer.status_code == 201 else json.dumps(answer.json())


def by_page(program: Program) -> Send:
    page = ApplicationFormPage.objects.get()
    return lambda answers: posted(Client(), reverse("forms_ext:form", args=[page.pk]), page.url, answers)


def in_a_frame(program: Program) -> Send:
    frame = reverse("forms_ext:frame", args=[ApplicationFormPage.objects.get().pk])
    return lambda answers: posted(Client(), frame, frame, answers)


def by_api(program: Program) -> Send:
    page = ApplicationFormPage.objects.get()
    return lambda answers: in_json(f"/api/v3/forms/{page.pk}/", answers)


def by_staff(program: Program) -> Send:
    client = Client()
    client.force_login(User.objects.create_superuser("boss", "boss@example.org", "x"))
    url = reverse("cop_admission:enter_for", args=[program.pk])

    def send(answers: Answers) -> tuple[bool, str]:
        answer = client.post(url, answers | {"key": "\0"})
        assert answer.status_code in {302, 422}
        return answer.status_code == 302, answer.text

    return send


def behind_the_gate(program: Program) -> Send:
    _invitation, link = factories.accept(factories.make_application(program))
    page = program.page.get_children().get(slug="register")
    opened, path = f"/go/invitation/{link}/", reverse("forms_ext:form", args=[page.pk])
    return lambda answers: posted(Client(), path, opened, answers)


def behind_the_gate_by_api(program: Program) -> Send:
    _invitation, link = factories.accept(factories.make_application(program))
    page = program.page.get_children().get(slug="register")
    return lambda answers: in_json(f"/api/v3/forms/{page.pk}/", answers, **{"Cop-Invitation": link})


WAYS: dict[Callable[[Program], Send], tuple[Answers, type[Any]]] = {
    by_page: (APPLIED, Application),
    in_a_frame: (APPLIED, Application),
    by_api: (APPLIED, Application),
    by_staff: (APPLIED, Application),
    behind_the_gate: (REGISTERED, Registration),
    behind_the_gate_by_api: (REGISTERED, Registration),
}
KEYS = {"your_name": "name"}


def text_of(role: str, length: int, sign: str = "x") -> str:
    return "x" * (length - 12) + "@example.org" if role == "email" else sign * length


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_column_takes_what_fits_it_and_words_refuse_the_rest(
    way: Callable[[Program], Send], program: Program
) -> None:
    answers, model = WAYS[way]
    send, before = way(program), model.objects.count()
    fitting = dict(answers)
    for key in answers:
        if (limit := LIMITS.get(role := KEYS.get(key, key))) is None:
            continue
        for length in (limit + 1, 10_000):
            taken, said = send(answers | {key: text_of(role, length)})
            assert not taken, (key, length)
            assert f"Use {limit} characters or fewer. You have used {length}." in said
        if role != "email":
            assert f"You have used {2 * limit}." in send(answers | {key: GROWS * limit})[1]
            assert "cannot be read" in send(answers | {key: "A\0B"})[1]
        fitting[key] = text_of(role, limit, ASIDE)
    assert model.objects.count() == before, "nothing of all that was stored"
    taken, said = send(fitting)
    assert taken, said
    stored = model.objects.order_by("-pk").first()
    for key in answers:
        if (role := KEYS.get(key, key)) in roles.columns(model) and role in LIMITS:
            assert getattr(stored, role) == fitting[key]
    if model is Registration:
        assert (stored.account.payer_name, stored.account.payer_address) == (ASIDE * 200, ASIDE * 600)


@pytest.mark.parametrize("way", [by_page, by_api], ids=lambda way: way.__name__)
def test_text_is_stored_composed_with_lines_that_end_alike(way: Callable[[Program], Send], program: Program) -> None:
    taken, said = way(program)(APPLIED | {"name": SHRINKS * 200})
    assert taken, said
    assert Application.objects.get().name == "é" * 200
    compiled = compiler.CompiledForm(0, ({"type": "long_text", "key": "q", "label": "Q", "role": "billing_address"},))
    assert compiled.clean({"q": "\r\n".join("x" * 300)}).answers == {"q": "\n".join("x" * 300)}


@pytest.mark.parametrize("key", ["name", "email", "organization"])
def test_half_a_character_is_refused_in_words(program: Program, key: str) -> None:
    taken, said = by_api(program)(APPLIED | {key: "A\ud800"})
    assert not taken
    assert "cannot be read" in said or "complete email address" in said


def test_a_form_that_stands_alone_is_held_to_the_same(program: Program) -> None:
    page = FormPage(title="News", slug="news", live=False)
    program.page.get_parent().add_child(instance=page)
    with UNCHECKED:
        published = publish(page, APPLYING)
    path = f"/api/v3/forms/{published.pk}/"
    assert not in_json(path, APPLIED | {"name": "x" * 201})[0]
    assert in_json(path, APPLIED | {"name": "x" * 200})[0]
    assert Submission.objects.get().title == "x" * 200


def test_the_schema_tells_programs_the_limits(program: Program) -> None:
    properties = compiler.compile(ApplicationFormPage.objects.get().current_version()).schema()["properties"]
    assert {key: field.get("maxLength") for key, field in properties.items()} == {
        "name": 200, "email": 254, "organization": 200, "country": None,
    }  # fmt: skip


def test_one_table_says_which_column_stores_a_role() -> None:
    for model in (Application, Registration, Account):
        for role, name in roles.columns(model).items():
            column = model._meta.get_field(name)
            assert roles.longest(role) <= column.max_length, (model, role)  # type: ignore[operator]
    assert {role: roles.longest(role) for role in LIMITS} == LIMITS
    text = {role for kind in question_types.all_types() for role in kind.roles} - {"policy_consent", "country"}
    assert text == set(LIMITS), "each role of text has its column, and its case here"


def test_a_role_that_its_type_cannot_have_is_none() -> None:
    """A version that no editor can make: what was ticked is no address to write to."""
    assert compiler.CompiledForm(0, ({"type": "checkbox", "key": "q", "label": "Q", "role": "email"},)).roles == {}
    wrong = [("text", {"label": "Email", "role": "email"}), APPLYING[0]]
    questions = FormPage._meta.get_field("questions").stream_block.to_python(stream(wrong))  # type: ignore[attr-defined]
    assert missing_roles(questions, ["name", "email"]) == ["email"], "publishing without the editor is refused too"


# The editor ----------------------------------------------------------------------------------------


def errors_of(kind: str, **value: Any) -> dict[str, list[str]]:
    """Return what an editor is told at the settings of one question."""
    block = FormPage._meta.get_field("questions").stream_block  # type: ignore[attr-defined]
    data = block.to_python(stream([(kind, {"label": "Question", "required": True} | value)]))
    try:
        block.clean(data)
    except ValidationError as error:
        (inner,) = error.block_errors.values()  # type: ignore[attr-defined]
        return {name: found.messages for name, found in inner.block_errors.items()}
    return {}


@pytest.mark.parametrize("role", sorted(LIMITS.keys() - {"email"}))
def test_an_editor_is_told_of_a_limit_above_the_column(role: str) -> None:
    kind, limit = ("long_text" if role == "billing_address" else "text"), LIMITS[role]
    assert errors_of(kind, role=role, max_length=limit) == errors_of(kind, role=role) == {}
    (said,) = errors_of(kind, role=role, max_length=limit + 1)["max_length"]
    assert said.startswith(f"Enter {limit} or less")
    assert errors_of(kind, max_length=limit + 1) == {}, "without a role there is no column"


@pytest.mark.parametrize(("kind", "role"), [("text", "email"), ("long_text", "name"), ("country", "name")])
def test_an_editor_is_told_of_a_role_that_the_type_cannot_have(kind: str, role: str) -> None:
    assert "role" in errors_of(kind, role=role)
