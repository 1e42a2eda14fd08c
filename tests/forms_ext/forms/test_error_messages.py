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
READABLE = "Remove the characters that cannot be read."
FILE = SimpleUploadedFile("x.pdf", b"MZ\x90\x00 a program")

CASES: list[tuple[str, dict[str, Any], Any, str]] = [
    ("text", {}, "", "Answer this question."),
    ("text", {}, LONG, SHORTEN.format(255, 20001)),
    ("text", {"max_length": 5}, "sixsix", SHORTEN.format(5, 6)),
    ("text", {}, "A\x00da", READABLE),
    ("text", {}, "\ud800", READABLE),
    ("text", {"role": "name"}, "", "Enter your name."),
    ("long_text", {}, "", "Answer this question."),
    ("long_text", {"max_length": 5}, "sixsix", SHORTEN.format(5, 6)),
    ("email", {}, "", "Enter an email address, such as name@example.org."),
    ("email", {}, "ada@", "Enter a complete email address, such as name@example.org."),
    ("number", {}, "", "Enter a number."),
    ("number", {}, "many", "Enter a number, such as 12 or 12.5."),
    ("number", {}, "NaN", "Enter a number, such as 12 or 12.5."),
    ("number", {}, "1234567890123456", "Enter at most 15 digits."),
    ("number", {}, "1234567890", "Enter at most 9 digits before the decimal point."),
    ("number", {}, "1.1234567", "Enter at most 6 decimal places."),
    ("number", {"minimum": 10.0}, "9", "Enter 10 or more."),
    ("number", {"maximum": 2.5}, "3", "Enter 2.5 or less."),
    ("number", {"minimum": 1, "maximum": 10}, "11", "Enter a number from 1 to 10."),
    ("date", {}, "", "Enter a date."),
    ("date", {}, "2024-02-30", "Enter a real date as year-month-day, such as 2024-01-31."),
    ("choice", CHOICES, "", "Choose an option."),
    ("choice", CHOICES, "Green", "Choose one of the options."),
    ("choices", CHOICES, [], "Choose at least one option."),
    ("choices", CHOICES, ["Red", "Green"], "Choose only from the options."),
    ("checkbox", {}, "", "Select this box."),
    ("country", {}, "", "Choose a country."),
    ("country", {}, "XX", "Choose a country from the list."),
    ("time_zone", {}, "", "Choose a time zone."),
    ("time_zone", {}, "Mars/Base", "Choose a time zone from the list."),
    ("phone", {}, "", "Enter a phone number with its country code."),
    ("phone", {}, "555 0123", "Enter the number with its country code, such as +1 574 555 0123."),
    ("phone", {}, "+1" * 35, SHORTEN.format(60, 70)),
    ("link", {}, "", "Enter a link."),
    ("link", {}, "my page", "Enter a complete link, such as https://example.org."),
    ("file", {}, None, "Choose a file."),
    ("file", {}, FILE, "Use a PDF, an image (JPEG, PNG, WebP, HEIC) or a text document (DOCX, ODT)."),
    ("file", {}, SimpleUploadedFile("x.pdf", b""), "This file is empty. Choose another one."),
    ("consent", {}, "", "Select this box to continue."),
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
    assert said("file", {}, large) == ["This file is larger than 1 MB. Use a smaller one."]


def test_every_sentence_can_be_translated() -> None:
    for kind in question_types.all_types():
        question = {"type": kind.name, "minimum": 1, "maximum": 2}
        for code, sentence in error_messages.of_question(question).items():
            assert isinstance(sentence, Promise), (kind.name, code)
