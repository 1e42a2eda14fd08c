"""Any stored answers -> CSV, XLSX, JSON lines -> read back equal, over several versions of a form."""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wagtail.models import Page

from forms_ext.exports import copying, csv_lines, json_lines, rows, xlsx
from forms_ext.exports.columns import Column, answer_columns, field, headings
from forms_ext.exports.guard import guard, unguard
from forms_ext.exports.options import Options
from forms_ext.exports.reading import read_csv
from forms_ext.exports.texts import join, split
from forms_ext.forms.models import FormVersion
from forms_ext.submissions.models import Submission

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
RISKY = st.builds(
    "{}{}".format, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "'=", "''-", "'", '"=']), TEXT
)
WORD = st.one_of(TEXT, RISKY).filter(bool)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORD,
    "long_text": st.one_of(WORD, st.just("a,b;c\r\nd\n=e"), st.just("_x0041_ & <b>\x01\ufffe")),
    "number": st.one_of(
        st.integers(-(10**14), 10**14), st.decimals(-(10**8), 10**8, places=6).map(float).filter(lambda x: x % 1)
    ),
    "date": st.dates().map(lambda day: day.isoformat()),
    "choices": st.lists(WORD, min_size=1, max_size=3, unique=True),
    "checkbox": st.booleans(),
    "country": st.sampled_from(["CA", "DE"]),
    "phone": st.just("+15745550123"),
    "file": st.fixed_dictionaries({"upload": st.just("t" * 32), "name": WORD}),
}


@st.composite
def forms(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Return one to three versions: questions come, go, change places and labels; a key keeps its type."""
    pool = [
        {"key": f"q{number}", "type": draw(st.sampled_from(sorted(VALUES)))}
        for number in range(draw(st.integers(1, 6)))
    ]
    return [
        [question | {"label": draw(WORD)} for question in draw(st.permutations(pool))[: draw(st.integers(1, 6))]]
        for _version in range(draw(st.integers(1, 3)))
    ]


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Return versions, each with answers to it, and among its choices those that were chosen."""
    story = []
    for questions in draw(forms()):
        given_answers = [
            {q["key"]: draw(VALUES[q["type"]]) for q in questions if draw(st.booleans())}
            for _row in range(draw(st.integers(0, 3)))
        ]
        for question in questions:
            if question["type"] == "choices":
                chosen = [text for answers in given_answers for text in answers.get(question["key"], [])]
                question["choices"] = list(dict.fromkeys(chosen))
        story.append((questions, given_answers))
    return story


OPTIONS = st.builds(
    Options,
    delimiter=st.sampled_from([",", ";", "\t"]),
    bom=st.booleans(),
    date_format=st.sampled_from(["iso", "day", "month"]),
    split_choices=st.booleans(),
    time_zone=st.sampled_from(["UTC", "Asia/Kathmandu"]),
    headings=st.sampled_from(["labels", "keys"]),
)
FIELDS = [
    field("reference", "Reference"),
    field("submitted_at", "Sent", "moment"),
    field("version__number", "V", "number"),
]
START = datetime(2024, 1, 10, 17, 3, 4, tzinfo=UTC)


def store(story: Sequence[tuple[list[dict[str, Any]], list[dict[str, Any]]]]) -> list[Submission]:
    page = Page.objects.get(depth=2)
    Submission.objects.all().delete()
    FormVersion.objects.filter(page=page).delete()
    stored = []
    for number, (questions, given_answers) in enumerate(story, 1):
        version = FormVersion.objects.create(
            page=page, number=number, definition={"questions": questions}, sha256=str(number), created_at=START
        )
        for answers in given_answers:
            stored.append(
                Submission.objects.create(
                    page=page,
                    version=version,
                    answers=answers,
                    reference=f"S-{len(stored)}",
                    submitted_at=START + timedelta(minutes=len(stored)),
                )
            )
    return stored


def expected(stored: Sequence[Submission], columns: Sequence[Column]) -> list[dict[str, Any]]:
    found = []
    for row in stored:
        line: dict[str, Any] = {
            "reference": row.reference,
            "submitted_at": row.submitted_at,
            "version.number": row.version.number,
        }
        for column in columns[len(FIELDS) :]:
            value = row.answers.get(column.question)
            if isinstance(value, dict):
                value = value["name"]
            if column.choice is not None and value is not None:
                value = column.choice in value
            line[column.key] = value
        found.append(line)
    return found


def plain_cell(value: Any, column: Column) -> Any:
    """Return what a cell of an XLSX says, as it was stored; Excel's escapes undone."""
    if isinstance(value, datetime) and column.type == "date":
        return value.date().isoformat()
    if isinstance(value, str):
        value = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), value)
        return split(value) if column.type == "choices" else value
    return value


@given(story=stories(), options=OPTIONS)
@example(
    story=[
        ([{"key": "a", "type": "text", "label": "=1+1"}, {"key": "b", "type": "text", "label": "B"}], [{"a": "x,"}]),
        ([{"key": "b", "type": "text", "label": "=1+1"}, {"key": "a", "type": "text", "label": "A"}], [{"b": "-2"}]),
    ],
    options=Options(),
)
def test_whatever_was_answered_comes_back(story: Any, options: Options) -> None:
    stored = store(story)
    found = Submission.objects.order_by("pk")
    versions = FormVersion.objects.all()
    joined = [*FIELDS, *answer_columns(versions)]
    columns = [*FIELDS, *answer_columns(versions, split_choices=options.split_choices)]
    assert len({column.key for column in columns}) == len(columns)
    assert {column.question for column in columns if column.question} == {
        question["key"] for questions, _answers in story for question in questions
    }
    names = headings(columns, zone=options.time_zone, by=options.headings)
    assert len(set(names)) == len(names)
    want = expected(stored, columns)

    table = b"".join(csv_lines.encode(rows.stream(found, columns), columns, options))
    if copying.possible(found, columns, options):
        assert b"".join(copying.encode(found, columns, options)) == table, "two ways, one text"
    text = table.decode("utf-8-sig" if options.bom else "utf-8")
    assert next(csv.reader(io.StringIO(text, newline=""), delimiter=options.delimiter)) == [*map(guard, names)]
    assert list(read_csv(io.StringIO(text, newline=""), columns, options)) == want
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=options.delimiter):
        for column, cell in zip(columns, line, strict=True):
            assert column.type == "number" or cell[:1] not in tuple("=+-@\t\r\n＝＋－＠")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.encode(rows.stream(found, columns), columns, options))))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    lines = list(sheet.iter_rows(min_row=2, max_row=1 + len(want), max_col=len(columns), values_only=True))
    for line, row in zip(lines, want, strict=True):
        cells = {c.key: plain_cell(value, c) for c, value in zip(columns, line, strict=True)}
        moment = cells.pop("submitted_at")
        assert moment.replace(tzinfo=options.zone) == row.pop("submitted_at")
        assert cells == row
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)

    text = b"".join(json_lines.encode(rows.stream(found, joined), joined, options)).decode()
    for line, row in zip(text.split("\n")[:-1], stored, strict=True):
        read = json.loads(line)
        answers = {k: {"name": v["name"]} if isinstance(v, dict) else v for k, v in row.answers.items()}
        assert read["answers"] == answers
        assert datetime.fromisoformat(read["submitted_at"]) == row.submitted_at


@given(text=st.one_of(TEXT, RISKY))
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@given(texts=st.lists(WORD, min_size=1))
def test_joined_choices_come_apart_again(texts: list[str]) -> None:
    assert split(join(texts)) == texts


def test_a_column_tells_its_labels_and_stays_where_a_question_was_dropped() -> None:
    versions = store(
        [
            ([{"key": "a", "type": "text", "label": "Old"}, {"key": "b", "type": "text", "label": "Gone"}], []),
            ([{"key": "c", "type": "text", "label": "First"}, {"key": "a", "type": "text", "label": "New"}], []),
        ]
    )
    assert versions == []
    columns = answer_columns(FormVersion.objects.all())
    assert [(c.key, c.label, c.earlier) for c in columns] == [
        ("answers.c", "First", ()),
        ("answers.a", "New", ("Old",)),
        ("answers.b", "Gone", ()),
    ]


def test_forms_that_disagree_on_a_type_share_a_column_all_the_same() -> None:
    store(
        [
            ([{"key": "a", "type": "choices", "label": "A", "choices": ["x", "y"]}], [{"a": ["x", "y"]}]),
            ([{"key": "a", "type": "number", "label": "A"}], [{"a": 7}]),
        ]
    )
    columns = answer_columns(FormVersion.objects.all())
    assert [column.type for column in columns] == ["mixed"]
    assert not copying.possible(Submission.objects.all(), columns, Options())
    text = b"".join(csv_lines.encode(rows.stream(Submission.objects.order_by("pk"), columns), columns, Options()))
    assert text == b'"A"\r\n"x; y"\r\n"7"\r\n'
