"""Answers sent without the page: by the schema, once, before the deadline, with an error for each question."""

import time
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import gettext_lazy
from wagtail.models import PageViewRestriction

from forms_ext.api import answers
from forms_ext.api.problems import Problem
from forms_ext.applications.models import Application
from forms_ext.exports.columns import type_of
from forms_ext.forms import question_types
from forms_ext.forms.compiler import CompiledForm
from forms_ext.forms.models import FormVersion
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration.models import Registration
from tests.forms_ext.admission import factories
from tests.forms_ext.api.conftest import ANSWERS, REGISTRATION, Shown, at, post
from tests.forms_ext.forms.factories import APPLICATION, publish
from tests.forms_ext.ledger import factories as ledger_factories

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def form(path: str, **headers: str) -> dict[str, Any]:
    response = Client().get(path, headers=headers)
    assert response.status_code == 200, response.content
    return response.json()


def errors(response: Any, status: int = 422) -> dict[str, tuple[str, str]]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    found = [(one["pointer"], (one["code"], one["detail"])) for one in problem.get("errors", [])]
    assert len(dict(found)) == len(found)  # one for each question
    return dict(found)


def test_the_schema_is_that_of_the_published_version(shown: Shown) -> None:
    found = form(shown.api)
    assert found["version"] == 1
    assert found["closes_at"] == "2024-01-24T08:00:00Z"
    schema = found["schema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["your_name", "email", "size"]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(ANSWERS, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(ANSWERS | {"size": "Huge"}, schema)
    publish(shown.form, [*APPLICATION, ("number", {"label": "Staff", "required": False})])
    assert form(shown.api)["version"] == 2


def test_answers_become_an_application(shown: Shown, django_assert_max_num_queries: Any) -> None:
    response = post(shown.api, ANSWERS)
    assert response.status_code == 201
    assert set(response.json()) == {"reference"}
    application = Application.objects.get(reference=response.json()["reference"])
    assert (application.name, application.source, application.answers) == ("Mara Lind", "api", ANSWERS)
    assert OutgoingMail.objects.filter(kind="application_received", recipient="mara@example.org").count() == 1


@pytest.mark.parametrize(
    "name", ["Visit https://evil.example NOW", "Free at evil.example", "Ada\u202eevil", "evil " * 30]
)
def test_the_acknowledgement_repeats_nothing_that_could_be_an_advertisement(shown: Shown, name: str) -> None:
    """Anybody can have it sent to anybody: they are greeted without a name, and staff see what was typed."""
    answers = {**ANSWERS, "your_name": name, "email": "third.party@example.org"}
    assert post(shown.api, answers).status_code == 201
    assert Application.objects.get().name == name.strip()
    mail = OutgoingMail.objects.get()
    assert "evil" not in mail.subject + mail.text + mail.html + mail.recipient_name
    assert mail.text.startswith("Hello,\n")


def test_the_acknowledgement_repeats_no_answer(shown: Shown) -> None:
    publish(shown.form, [*APPLICATION, ("long_text", {"label": "Motivation", "required": False})])
    assert post(shown.api, ANSWERS | {"motivation": "An answer of my own"}).status_code == 201
    mail = OutgoingMail.objects.get()
    assert mail.text.startswith("Dear Mara Lind,\n")
    for answer in ("An answer of my own", "Small", ANSWERS["email"]):
        assert answer not in mail.subject + mail.text + mail.html


def test_the_same_key_again_gives_the_same_receipt(shown: Shown) -> None:
    first, second = (post(shown.api, ANSWERS, **{"Idempotency-Key": "k" * 200}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert post(shown.api, ANSWERS, **{"Idempotency-Key": "other"}).json() != first.json()
    with at(factories.START + timedelta(days=30)):  # the form is closed by now: a retry has its receipt all the same
        late = post(shown.api, ANSWERS, **{"Idempotency-Key": "k" * 200})
    assert (late.status_code, late.json()) == (201, first.json())
    assert Application.objects.count() == 2


def test_a_closed_form_is_a_conflict(shown: Shown) -> None:
    with at(factories.START + timedelta(days=4)):
        assert errors(post(shown.api, ANSWERS), 409) == {}
    assert not Application.objects.exists()


def test_each_question_gets_one_error_that_says_how_to_mend_it(shown: Shown) -> None:
    wrong = {"your_name": 7, "email": "nobody", "size": "Huge", "none/such~": "x"}
    found = errors(post(shown.api, wrong))
    assert list(found) == ["#/answers/your_name", "#/answers/email", "#/answers/size", "#/answers/none~1such~0"]
    assert [code for code, _detail in found.values()] == ["type", "invalid", "invalid_choice", "unknown"]
    assert found["#/answers/email"][1] == "Enter a complete email address, such as name@example.org."
    assert errors(post(shown.api, {"email": None}))["#/answers/your_name"] == ("required", "Enter your name.")
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"answers": {"size": NaN}}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"answers": {"size": 1, "size": 2}}', "application/json", 400),
        (b'{"answers": {}, "answers": {}}', "application/json", 400),
        (b'{"answers": {"size": 1e999999}}', "application/json", 422),
        (b'{"answers": {"size": ' + b"9" * 100_000 + b"}}", "application/json", 400),
        (b'{"answers": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"answers": []}', "application/json", 422),
        (b'{"answers": {}, "more": 1}', "application/json", 422),
        (b'{"answers": {"your_name": "\\ud800", "\\ud800": "\\u0000"}}', "application/json", 422),
        (b'{"answers": {"your_name": "\\u0000", "size": ["Small"], "email": {}}}', "application/json", 422),
        (b"answers=1", "application/x-www-form-urlencoded", 415),
        (b'{"answers": "' + b"x" * 3_000_000 + b'"}', "application/json", 413),
    ],
)
def test_whatever_is_sent_is_answered(shown: Shown, body: bytes, kind: str, status: int) -> None:
    errors(Client().generic("POST", shown.api, body, content_type=kind), status)


def test_an_answer_to_very_much_is_short_and_comes_at_once(shown: Shown, settings: Any) -> None:
    """What is not known is named up to a number, and the rest counted; nothing long is repeated."""
    started = time.perf_counter()
    many = post(shown.api, ANSWERS | {f"k{number}": 1 for number in range(180_000)})
    found = errors(many)
    assert list(found)[:2] == ["#/answers/k0", "#/answers/k1"]
    assert len(found) == 21
    assert found["#/answers"] == ("unknown", "179980 more questions do not exist.")
    for sent in (
        {"x" * 2_000_000: 1},
        ANSWERS | {"your_name": "x" * 2_000_000},
        ANSWERS | {"size": "x" * 2_000_000},
        ANSWERS | {"email": "@" * 2_000_000},
        {"size": ["x"] * 300_000},
    ):
        response = post(shown.api, sent)
        errors(response)
        assert len(response.content) < 2_000
    assert len(many.content) < 4_000
    assert time.perf_counter() - started < 8
    assert not Application.objects.exists()


def test_limits_are_those_of_the_page(shown: Shown, settings: Any) -> None:
    settings.COP_RATE_LIMIT_RECIPIENT = 1
    assert set(post(shown.api, ANSWERS).json()) == {"reference"}
    key = {"Idempotency-Key": "k"}
    assert [post(shown.api, ANSWERS, **key).json()["is_mailed"] for _ in range(2)] == [False, False]
    settings.COP_RATE_LIMIT_ADDRESS = 2
    response = post(shown.api, ANSWERS)
    errors(response, 429)
    assert response["Retry-After"] == "3600"


def test_scripts_of_other_web_sites_are_refused(shown: Shown, settings: Any) -> None:
    errors(post(shown.api, ANSWERS, Origin="https://evil.example"), 403)
    for odd in ("null", "http://[", "https://testserver", "http://testserver:81"):
        errors(post(shown.api, ANSWERS, Origin=odd), 403)
    assert post(shown.api, ANSWERS, Origin="http://testserver").status_code == 201
    settings.COP_API_ORIGINS = ("https://friend.example",)
    assert post(shown.api, ANSWERS, Origin="https://friend.example").status_code == 201


def test_a_form_that_is_not_public_is_not_there(shown: Shown) -> None:
    restriction = PageViewRestriction.objects.create(page=shown.program.page, restriction_type="login")
    errors(post(shown.api, ANSWERS), 404)
    restriction.delete()
    shown.form.unpublish()
    errors(Client().get(shown.api), 404)
    errors(Client().get(f"/api/v3/forms/{shown.program.page.pk}/"), 404)


# --- Registration ----------------------------------------------------------------------------------


def test_nobody_reads_or_sends_the_registration_form_without_a_link(shown: Shown) -> None:
    token = shown.invite()
    other = factories.make_application(shown.program, 2)
    path = shown.registration_api
    for headers in ({}, {"Cop-Invitation": "x" * 43}, {"Cop-Invitation": token[:-1]}):
        for response in (Client().get(path, headers=headers), post(path, REGISTRATION, **headers)):
            errors(response, 404)
            assert "Billing" not in response.text
    assert other.state == "submitted"
    assert not Registration.objects.exists()
    for endpoint in ("/api/v2/pages/{}/?fields=*", "/api/v3/pages/{}/"):
        assert "Billing" not in Client().get(endpoint.format(shown.registration_form.pk)).text


def test_a_link_registers_once(shown: Shown) -> None:
    token, path = shown.invite(), shown.registration_api
    headers = {"Cop-Invitation": token, "Idempotency-Key": "once"}
    read = Client().get(path, headers={"Cop-Invitation": token})
    assert read.json()["closes_at"] == "2024-01-31T08:00:00Z"
    assert read["Cache-Control"] == "no-store, private"
    jsonschema.validate(REGISTRATION, read.json()["schema"])
    first = post(path, REGISTRATION, **headers)
    assert first.status_code == 201, first.content
    registration = Registration.objects.get()
    assert first.json()["reference"] == registration.reference
    assert first.json()["state"] == "held"
    assert Client().get(first.json()["member_url"].removeprefix("http://testserver")).status_code == 200
    assert post(path, REGISTRATION, **headers).json() == first.json()
    errors(post(path, REGISTRATION, **{"Cop-Invitation": token}), 404)
    assert Registration.objects.count() == 1


def test_a_link_to_another_program_opens_nothing(shown: Shown) -> None:
    other = ledger_factories.make_program(title="Another")
    foreign = factories.accept(factories.make_application(other, 7))[1]
    errors(Client().get(shown.registration_api, headers={"Cop-Invitation": foreign}), 404)


def test_a_consent_can_not_be_left_out(shown: Shown) -> None:
    found = errors(
        post(shown.registration_api, REGISTRATION | {"i_accept": False}, **{"Cop-Invitation": shown.invite()})
    )
    assert found["#/answers/i_accept"][0] == "required"


# --- Every type of question ------------------------------------------------------------------------

EVERY: list[tuple[str, dict[str, Any]]] = [
    *APPLICATION[:2],
    ("number", {"label": "Staff", "required": True, "minimum": 1, "maximum": 10}),
    ("date", {"label": "Since", "required": True}),
    ("choices", {"label": "Topics", "choices": "A\nB\nC", "required": True}),
    ("checkbox", {"label": "News", "required": False}),
    ("time_zone", {"label": "Zone", "required": True}),
    ("phone", {"label": "Phone", "required": True}),
    ("link", {"label": "Site", "required": True}),
    ("file", {"label": "Letter", "required": False}),
]
ALL = {
    "your_name": "Mara",
    "email": "mara@example.org",
    "staff": 2.5,
    "since": "2020-02-29",
    "topics": ["A", "C"],
    "news": True,
    "zone": "America/New_York",
    "phone": "+15745550123",
    "site": "https://example.org",
}


def test_every_type_goes_there_and_back(shown: Shown) -> None:
    publish(shown.form, EVERY)
    jsonschema.validate(ALL, form(shown.api)["schema"])
    response = post(shown.api, ALL)
    assert response.status_code == 201, response.content
    stored = Application.objects.get(reference=response.json()["reference"]).answers
    assert stored == ALL
    jsonschema.validate(stored, form(shown.api)["schema"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("staff", "2"), ("staff", True), ("staff", 11), ("staff", 1e300), ("since", "2020-02-30"), ("topics", "A"),
        ("staff", 10**4000),
        ("topics", ["A", "A"]), ("topics", ["D"]), ("topics", [["A"]]), ("news", "on"), ("zone", "Mars/Olympus"),
        ("phone", "5550123"), ("site", "javascript:x"), ("letter", {"upload": "x"}), ("letter", "x"),
        ("letter", {"upload": "a" * 32}), ("your_name", "x" * 256),
    ],
)  # fmt: skip
def test_a_wrong_value_is_that_questions_error(shown: Shown, key: str, value: Any) -> None:
    publish(shown.form, EVERY)
    assert list(errors(post(shown.api, ALL | {key: value}))) == [f"#/answers/{key}"]


def test_versions_are_not_made_by_reading(shown: Shown) -> None:
    before = FormVersion.objects.count()
    form(shown.api)
    assert FormVersion.objects.count() == before


def test_a_file_is_sent_first_and_named_in_the_answers(shown: Shown) -> None:
    publish(shown.form, EVERY)
    sent = Client().post(f"{shown.api}files/letter/", {"file": SimpleUploadedFile("cv.pdf", b"%PDF-1.7\n%x")})
    assert sent.status_code == 201, sent.content
    response = post(shown.api, ALL | {"letter": sent.json()})
    assert response.status_code == 201, response.content
    stored = Application.objects.get(reference=response.json()["reference"]).answers["letter"]
    assert stored == sent.json()
    again = errors(post(shown.api, ALL | {"letter": sent.json()}))  # it belongs to the first by now
    assert list(again) == ["#/answers/letter"]
    wrong = Client().post(f"{shown.api}files/letter/", {"file": SimpleUploadedFile("cv.exe", b"MZ")})
    assert list(errors(wrong)) == ["#/answers/letter"]
    errors(Client().post(f"{shown.api}files/your_name/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}), 404)


class Anything(question_types.QuestionType):
    """A type of a site, with whatever schema it likes; its field takes what it is given."""

    name = "any"

    def field(self, question: question_types.Question) -> forms.Field:
        return forms.Field(label="", required=False)

    def schema(self, question: question_types.Question) -> dict[str, Any]:
        return dict(question["schema"])


SCHEMAS: list[tuple[dict[str, Any], Any, str]] = [
    ({"type": "integer"}, 3, ""),
    ({"type": "integer"}, 3.5, "type"),
    ({"type": "integer"}, True, "type"),
    ({"type": "integer"}, "3", "type"),
    ({"type": "integer", "minimum": 1, "maximum": 5}, 6, "schema"),
    ({"type": ["string", "null"]}, "x", ""),
    ({"enum": [1, 2, 3]}, 2, ""),
    ({"enum": [1, 2, 3]}, 4, "schema"),
    ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}, [1, 2], ""),
    ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}, ["a"], "schema"),
    ({"type": "object", "properties": {"low": {"type": "integer"}}, "required": ["low"]}, {"low": 1}, ""),
    ({"type": "object", "properties": {"low": {"type": "integer"}}, "required": ["low"]}, {}, "schema"),
    ({"$ref": "#/$defs/stars", "$defs": {"stars": {"type": "integer"}}}, 4, ""),
    ({"$ref": "#/$defs/stars", "$defs": {"stars": {"type": "integer"}}}, "4", "type"),
    ({}, {"any": ["thing"]}, ""),
    ({"type": "string", "description": gettext_lazy("Name")}, "x", ""),
    ({"type": "integer"}, 10**400, ""),
]


@pytest.mark.parametrize(("schema", "value", "code"), SCHEMAS)
def test_a_type_of_a_site_may_have_any_json_schema(
    monkeypatch: pytest.MonkeyPatch, schema: dict[str, Any], value: Any, code: str
) -> None:
    monkeypatch.setitem(question_types._types, "any", Anything())
    question = {"type": "any", "key": "q", "label": "Q", "schema": schema}
    plan = CompiledForm(0, (question,))
    assert type_of(question) in {"text", "number", "mixed"}
    if not code:
        assert answers.check(plan, {"q": value}) == {"q": value}
        return
    with pytest.raises(Problem) as refused:
        answers.check(plan, {"q": value})
    assert [one["code"] for one in refused.value.errors] == [code]
