"""The columns of an export: the same for every row, across all versions of the forms."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise

from ..forms import question_types
from ..forms.blocks import MARKS
from ..forms.models import FormVersion

PREFIX = "answers."
SCALARS = {"number": "number", "integer": "number", "boolean": "boolean"}


@dataclass(frozen=True)
class Column:
    """One column: a stable `key`, its label now and earlier ones, and the type of its values.

    Types: text, number, money, boolean, date, moment, choices, file; `mixed` where forms disagree on the type.
    A field of the row has a `source` (a path of the ORM); an answer has the key of its `question`, and a `choice`
    where each choice has a column of its own. Money names the key of the column with its `currency`.
    """

    key: str
    label: str | Promise
    type: str = "text"
    earlier: tuple[str, ...] = ()
    source: str = ""
    question: str = ""
    choice: str | None = None
    currency: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the contract of this column as JSON data."""
        return {"key": self.key, "label": str(self.label), "earlier_labels": list(self.earlier), "type": self.type}


def field(source: str, label: str | Promise, type: str = "text", *, key: str = "", currency: str = "") -> Column:
    """Return the column of a field of the row."""
    return Column(key or source.replace("__", "."), label, type, source=source, currency=currency)


def type_of(question: Mapping[str, Any]) -> str:
    """Return the type of the answers to `question`, from their JSON Schema.

    It is `mixed` if the schema names none that a column can have, or if nobody knows the type of question any more.
    """
    try:
        kind = question_types.get(question["type"])
    except KeyError:
        return "mixed"
    schema = kind.schema(question)
    if kind.is_file:
        return "file"
    if schema.get("type") == "array" and (schema.get("items") or {}).get("type") == "string":
        return "choices"
    if schema.get("type") == "string":
        return "date" if schema.get("format") == "date" else "text"
    return SCALARS.get(str(schema.get("type")), "mixed")


def _questions(versions: Iterable[FormVersion]) -> Iterable[Mapping[str, Any]]:
    """Yield the questions of all versions: those of the newest page and version first, in their order."""
    for version in sorted(versions, key=lambda version: (version.page_id, version.number), reverse=True):
        for question in version.definition.get("questions", []):
            if question["type"] not in MARKS:
                yield question


def answer_columns(versions: Iterable[FormVersion], *, split_choices: bool = False) -> list[Column]:
    """Return a column for each key that any of `versions` asks, or one for each choice of a question with several."""
    columns: dict[str, Column] = {}
    choices: dict[str, dict[str, None]] = {}
    for question in _questions(versions):
        key, label, kind = question["key"], question["label"], type_of(question)
        known = columns.setdefault(key, Column(PREFIX + key, label, kind, question=key))
        if label != known.label and label not in known.earlier:
            known = replace(known, earlier=(*known.earlier, label))
        columns[key] = known if known.type == kind else replace(known, type="mixed")
        choices.setdefault(key, {}).update(dict.fromkeys(question.get("choices") or []))
    found: list[Column] = []
    for key, column in columns.items():
        is_split = split_choices and column.type == "choices" and choices[key]
        found += _split(column, choices[key]) if is_split else [column]
    return found


def _split(column: Column, choices: Iterable[str]) -> list[Column]:
    return [
        replace(
            column,
            key=f"{column.key}[{choice}]",
            label=f"{column.label}: {choice}",
            earlier=tuple(f"{label}: {choice}" for label in column.earlier),
            type="boolean",
            choice=choice,
        )
        for choice in choices
    ]


def headings(columns: Iterable[Column], *, zone: str, by: str = "labels") -> list[str]:
    """Return one heading for each column, no two alike; those of instants name the zone."""
    columns = list(columns)
    if by == "keys":
        return [column.key for column in columns]
    labels = [f"{c.label} ({zone})" if c.type == "moment" else str(c.label) for c in columns]
    often = Counter(labels)
    return [
        label if often[label] == 1 else f"{label} [{column.key}]" for label, column in zip(labels, columns, strict=True)
    ]
