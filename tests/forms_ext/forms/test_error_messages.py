"""The error messages of each question type say how to fix the answer."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.functional import Promise

from forms_ext.forms import error_messages, question_types
from forms_ext.forms.compiler import CompiledForm

CHOICES = {"choices": ["Red", "Blue"]}
LONG = "x" * 20001
SHORTEN = "Use {} characters or fewer. You have used {}."
READABLE = "Remove the characters that can't be read."
FILE = SimpleUploadedFile("x.pdf", b"MZ\x90\x00 a program")

CASES: list[tuple[str, dict[str, Any], Any, str]] = [
    ("text", {}, "", "Answer this question."),
    ("text", {}, LONG, SHORTEN.format(255, 20001)),
    ("text", {"max_length": 5}, "sixsix", SHORTEN.format(5, 6)),
    ("text", {}, "\x00", READABLE),
    ("text", {}, "\ud800", READABLE),
    ("text", {"role": "name"}, "", "Write your name."),
    ("long_text", {}, "", "Answer this question."),
    ("long_text", {"max_length": 5}, "sixsix", SHORTEN.format(5, 6)),
    ("email", {}, "", "Write an email address, such as name@example.org."),
    ("email", {}, "ada@", "Write a whole email address, such as name@example.org."),
    ("number", {}, "", "Enter a number."),
    ("number", {}, "many", "Write a number in figures, such as 12 or 12.5."),
    ("number", {}, "NaN", "Write a number in figures, such as 12 or 12.5."),
    ("number", {}, "1234567890123456", "Write a number of at most 15 figures."),
    ("number", {}, "1234567890", "Write a number of at most 9 figures before the point."),
    ("number", {}, "1.1234567", "Write at most 6 figures after the point."),
    ("number", {"minimum": 10.0}, "9", "Enter a number that is not below 10."),
    ("number", {"maximum": 2.5}, "3", "Enter a number that is not above 2.5."),
    ("number", {"minimum": 1, "maximum": 10}, "11", "Enter a number from 1 to 10."),
    ("date", {}, "", "Enter a date."),
    ("date", {}, "2024-02-30", "Write a date that exists as year-month-day, such as 2024-01-31."),
    ("choice", CHOICES, "", "Choose one."),
    ("choice", CHOICES, "Green", "Choose one of the answers that are offered."),
    ("choices", CHOICES, [], "Choose at least one."),
    ("choices", CHOICES, ["Red", "Green"], "Choose only answers that are offered."),
    ("checkbox", {}, "", "Tick this box."),
    ("country", {}, "", "Choose a country."),
    ("country", {}, "XX", "Choose a country from the list."),
    ("time_zone", {}, "", "Choose a time zone."),
    ("time_zone", {}, "Mars/Base", "Choose a time zone from the list."),
    ("phone", {}, "", "Write a phone number with its country code."),
    ("phone", {}, "555 0123", "Write the number with its country code, such as +1 574 555 0123."),
    ("phone", {}, "+1" * 30, SHORTEN.format(40, 60)),
    ("link", {}, "", "Write a web address."),
    ("link", {}, "my page", "Write a whole web address, such as https://example.org."),
    ("file", {}, None, "Choose a file."),
    ("file", {}, FILE, "Send a PDF, a picture (JPEG, PNG, WebP) or a text document (DOCX, ODT)."),
    ("file", {}, SimpleUploadedFile("x.pdf", b""), "This file is empty."),
    ("consent", {}, "", "Tick this box: without it we can't go on."),
]


class Data(dict[str, Any]):
    """A post of one question."""

    def getlist(self, name: str) -> list[str]:
        return list(self.get(name, []))


def said(kind: str, options: dict[str, Any], value: Any) -> list[str]:
    plan = CompiledForm(0, ({"type": kind, "key": "q", "label": "Q", "required": True} | options,))
    files = {"q": value} if kind == "file" and value else {}
    return plan.clean(Data() if kind == "file" else Data(q=value), files).errors["q"]


@pytest.mark.parametrize(("kind", "options", "value", "sentence"), CASES)
def test_a_wrong_answer_is_told_how_to_be_mended(kind: str, options: dict[str, Any], value: Any, sentence: str) -> None:
    assert sentence in said(kind, options, value)


def test_every_type_has_its_sentences() -> None:
    assert {case[0] for case in CASES} == {kind.name for kind in question_types.all_types()}


def test_a_file_that_is_too_large_is_told_the_limit(settings: Any) -> None:
    settings.COP_UPLOAD_MAX_BYTES = 1_048_576
    large = SimpleUploadedFile("x.pdf", b"%PDF-1.7" + b" " * 1_048_576)
    assert said("file", {}, large) == ["This file is larger than 1 MB. Send a smaller one."]


def test_every_sentence_can_be_translated() -> None:
    for kind in question_types.all_types():
        question = {"type": kind.name, "minimum": 1, "maximum": 2}
        for code, sentence in error_messages.of_question(question).items():
            assert isinstance(sentence, Promise), (kind.name, code)
