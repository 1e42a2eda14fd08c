"""Answers as people type them, and what is stored of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation

from forms_ext.api import answers as api
from forms_ext.api.problems import Problem
from forms_ext.base.text import tidy
from forms_ext.forms.compiler import CompiledForm
from tests.forms_ext.forms.test_error_messages import Data

INVISIBLE = ["\u200b", "\u3164", "\u2800", "\ufeff", "\u00ad\u2060", "\u115f\u1160", "\ufe0f", "\u00a0\u3000", "\u202e"]
KINDS = ["text", "long_text", "email", "phone", "link"]


def plan(*questions: Mapping[str, Any]) -> CompiledForm:
    return CompiledForm(0, tuple({"label": "Q", "required": False} | dict(one) for one in questions))


def stored(kind: str, typed: Any, language: str = "en", **options: Any) -> Any:
    with translation.override(language):
        cleaned = plan({"type": kind, "key": "q"} | options).clean(Data(q=typed))
    assert not cleaned.errors
    return cleaned.answers.get("q")


CASES: list[tuple[str, Any, str, Any]] = [
    ("text", "  \u200bAda\u3164 ", "en", "Ada"),
    ("text", "e\u0301", "en", "\u00e9"),
    ("text", "\u2764\ufe0f", "en", "\u2764\ufe0f"),
    ("text", "\u0647\u200d", "en", "\u0647\u200d"),
    ("text", "\u2068\u05d0\u2069", "en", "\u2068\u05d0\u2069"),
    ("long_text", "one\r\ntwo\rthree\r\n", "en", "one\ntwo\nthree"),
    ("number", "0,5", "en", 0.5),
    ("number", "1.997", "de", 1997),
    ("number", "1,997", "en", 1997),
    ("email", " anna@müller.de\u200b", "en", "anna@müller.de"),
    ("time_zone", "Asia/Calcutta", "en", "Asia/Kolkata"),
    ("country", "XK", "en", "XK"),
    ("phone", "+1 574 555 0123 ext. 52", "en", "+15745550123;ext=52"),
    ("phone", "0049 30 1234567", "en", "+49301234567"),
    ("choice", "", "en", None),
]


@pytest.mark.parametrize(("kind", "typed", "language", "expected"), CASES)
def test_what_is_typed_is_stored_tidy(kind: str, typed: Any, language: str, expected: Any) -> None:
    assert stored(kind, typed, language, choices=["Red", "Blue"]) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", INVISIBLE)
def test_what_nobody_sees_is_no_answer(kind: str, typed: str) -> None:
    assert stored(kind, typed) is None
    assert plan({"type": kind, "key": "q", "required": True}).clean(Data(q=typed)).codes["q"] == ["required"]


def test_tidying_twice_changes_nothing() -> None:
    for sign in map(chr, [*range(0x3000), *range(0xFE00, 0x10000), *range(0xE0000, 0xE0200)]):
        once = tidy(f" {sign}a{sign} ")
        assert tidy(once) == once


def test_a_line_break_counts_once_and_page_and_api_store_the_same() -> None:
    form = plan({"type": "long_text", "key": "q", "max_length": 7})
    for typed in ("one\r\ntwo", "one\ntwo"):
        assert form.clean(Data(q=typed)).answers == {"q": "one\ntwo"} == api.check(form, {"q": typed})


def test_a_json_number_is_not_read_as_the_reader_writes_numbers() -> None:
    with translation.override("de"):
        assert api.check(plan({"type": "number", "key": "q"}), json.loads('{"q": 1.997}')) == {"q": 1.997}


PHONES = [
    ({}, "030 1234567", None),
    ({"country": "DE"}, "030 1234567", "+49301234567"),
    ({"country": "US"}, "(574) 555-0123 x52", "+15745550123;ext=52"),
    ({"country": "US"}, "555 0123", None),
    ({"country": "DE"}, "+1 574 555 0123", "+15745550123"),
    ({"zone": "Europe/Vienna"}, "01 123 45 67", "+4311234567"),
    ({"zone": "Asia/Calcutta"}, "022 2345 6789", "+912223456789"),
    ({"country": "DE", "zone": "Europe/Vienna"}, "030 1234567", "+49301234567"),
]


@pytest.mark.parametrize(("others", "typed", "expected"), PHONES)
def test_a_national_number_is_one_of_the_country_that_is_known(
    others: dict[str, str], typed: str, expected: str | None
) -> None:
    form = plan(
        {"type": "phone", "key": "phone"}, {"type": "country", "key": "country"}, {"type": "time_zone", "key": "zone"}
    )
    cleaned = form.clean(Data(phone=typed, **others))
    assert cleaned.answers.get("phone") == expected
    assert ("phone" in cleaned.errors) is (expected is None)


SHOWN = [
    ("phone", "+15745550123;ext=52", "en", "+1 574-555-0123 ext. 52"),
    ("date", "2024-01-31", "en", "31 January 2024"),
    ("date", "2024-01-31", "de", "31. Januar 2024"),
    ("time_zone", "Europe/Vienna", "fr", "Vienne (Autriche)"),
    ("country", "XK", "de", "Kosovo"),
]


@pytest.mark.parametrize(("kind", "answer", "language", "text"), SHOWN)
def test_answers_are_written_as_the_pages_write(kind: str, answer: Any, language: str, text: str) -> None:
    with translation.override(language):
        assert plan({"type": kind, "key": "q"}).display({"q": answer})[0].text == text


def test_an_optional_choice_can_be_taken_back() -> None:
    choices = {"type": "choice", "key": "q", "choices": ["Red", "Blue"]}
    html = str(plan(choices).form()["q"])
    assert "No answer" in html
    assert "No answer" not in str(plan(choices | {"required": True}).form()["q"])


def test_a_comma_stays_in_the_field() -> None:
    form = plan({"type": "number", "key": "q", "required": True})
    assert 'value="0,5x"' in str(form.form(Data(q="0,5x"), errors={})["q"])
    html = str(form.form()["q"])
    assert 'type="text"' in html
    assert 'inputmode="decimal"' in html
    with translation.override("de"):
        assert 'value="0,5"' in str(form.form(initial={"q": 0.5})["q"])


def test_a_role_says_what_browsers_may_fill_in() -> None:
    purposes = {
        ("text", "name"): "name",
        ("text", "organization"): "organization",
        ("text", "billing_name"): "billing name",
        ("long_text", "billing_address"): "billing street-address",
        ("email", "email"): "email",
        ("country", "country"): "country",
    }
    for (kind, role), purpose in purposes.items():
        assert f'autocomplete="{purpose}"' in str(plan({"type": kind, "key": "q", "role": role}).form()["q"])
    assert "autocomplete" not in str(plan({"type": "email", "key": "q"}).form()["q"]), "the address of somebody else"


def test_the_reason_for_a_refused_address_is_told() -> None:
    errors = plan({"type": "email", "key": "q"}).clean(Data(q="josé@example.org")).errors["q"]
    assert errors == [
        "We cannot send email to an address with “é” before the @. Enter another address, with the letters a to z."
    ]
    with pytest.raises(Problem):
        api.check(plan({"type": "email", "key": "q"}), {"q": "josé@example.org"})
