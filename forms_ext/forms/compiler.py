"""A version compiled once per process: Django fields that check posts of the page and of the API alike."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from jsonschema_rs import Draft202012Validator

from cop_program import zones
from cop_program.countries import countries

from . import question_types, roles
from .blocks import MARKS
from .models import FormVersion


class CleanedAnswers(NamedTuple):
    """Valid answers and, for the others, error messages and Django's codes; all by question key."""

    answers: dict[str, Any]
    errors: dict[str, list[str]]
    codes: dict[str, list[str]]


class Answer(NamedTuple):
    """An answer as staff read it; `url` hands out its file."""

    question: str
    text: str
    url: str = ""


class VersionForm(forms.Form):
    """Built to render only."""

    use_required_attribute = False


@dataclass(frozen=True)
class CompiledForm:
    """What one version asks, ready to check and to render."""

    page_id: int
    items: tuple[Mapping[str, Any], ...]

    @cached_property
    def questions(self) -> list[Mapping[str, Any]]:
        """The questions, without the marks of steps and sections."""
        return [item for item in self.items if item["type"] not in MARKS]

    @cached_property
    def fields(self) -> dict[str, forms.Field]:
        """The Django field of each question, by key."""
        return {question["key"]: field_of(question) for question in self.questions}

    @cached_property
    def roles(self) -> dict[str, str]:
        """The key of the question that has each role; `time_zone` is the first question of that type."""
        found = {role: question["key"] for question in self.questions if (role := role_of(question))}
        zones = [question["key"] for question in self.questions if question["type"] == "time_zone"]
        return found | ({"time_zone": zones[0]} if zones else {})

    @cached_property
    def has_steps(self) -> bool:
        """Whether the form has steps: all answers are shown before they are sent then."""
        return any(item["type"] == "step" for item in self.items)

    @cached_property
    def _validators(self) -> dict[str, Draft202012Validator]:
        schemas = {question["key"]: schema_of(question) for question in self.questions}
        return {key: Draft202012Validator(json.dumps(schema, cls=DjangoJSONEncoder)) for key, schema in schemas.items()}

    def schema_faults(self, key: str, value: Any) -> set[str]:
        """Return the keywords of the JSON Schema of the question `key` that the JSON `value` violates."""
        try:
            return {error.kind.name for error in self._validators[key].iter_errors(value)}
        except (ValueError, OverflowError):  # no JSON that could be sent on: a lone surrogate, a huge number
            return {"format"}

    def clean(self, data: Mapping[str, Any], files: Mapping[str, Any] | None = None) -> CleanedAnswers:
        """Check a post. Accepted files are kept as draft uploads even if other answers are wrong."""
        cleaned = CleanedAnswers({}, {}, {})
        region = self._region(data)
        for question in self.questions:
            key = question["key"]
            field = self.fields[key]
            try:
                typed = field.widget.value_from_datadict(data, files or {}, key)
                value = question_types.get(question["type"]).clean(field, typed, region=region)
                stored = self._stored(question, value)
                if stored is not None:
                    roles.check(role_of(question), stored)
            except forms.ValidationError as error:
                cleaned.errors[key] = [str(message) for message in error.messages]
                cleaned.codes[key] = [one.code or "invalid" for one in error.error_list]
                continue
            if stored is not None:
                cleaned.answers[key] = stored
        return cleaned

    def _region(self, data: Mapping[str, Any]) -> str:
        """Return the code of the country that a post names, or that of its time zone; '' if it names neither."""
        asked = {question["type"]: question["key"] for question in reversed(self.questions)}
        country = str(data.get(self.roles.get("country", asked.get("country", ""))) or "")
        zone = str(data.get(asked.get("time_zone", "")) or "")
        return country if country in countries else zones.territories().get(zones.current_name(zone), "")

    def _stored(self, question: Mapping[str, Any], value: Any) -> Any:
        if isinstance(value, bool):
            return value
        if value in (None, "", [], ()):
            return None
        return question_types.get(question["type"]).store(value, key=question["key"], page_id=self.page_id)

    def role_values(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers that have a role, by role."""
        return {role: answers[key] for role, key in self.roles.items() if key in answers}

    def form(
        self,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        errors: Mapping[str, list[str]] | None = None,
    ) -> forms.Form:
        """Return a form to render; `errors` are those of `clean`, which is not run again then."""
        form_class = type("VersionForm", (VersionForm,), dict(self.fields))
        form: forms.Form = form_class(data, files, initial=initial)
        if data is not None and errors is not None:
            form.cleaned_data = {}
            form._errors = ErrorDict(  # type: ignore[attr-defined]
                {key: ErrorList(messages, renderer=form.renderer) for key, messages in errors.items()}
            )
        return form

    def display(self, answers: Mapping[str, Any], file_url: Callable[[str], str] = lambda key: "") -> list[Answer]:
        """Return every question, in order, with its answer as staff read it; `file_url` links a file by its key."""
        shown = []
        for question in self.questions:
            key = question["key"]
            url = file_url(key) if question_types.get(question["type"]).is_file and key in answers else ""
            shown.append(Answer(question["label"], text_of(question, answers), url))
        return shown

    def typed(self, data: QueryDict) -> dict[str, tuple[str, str]]:
        """Return `(question, answer)` by key for everything in a post, as people read it, even if it is invalid."""
        answers, found = self.clean(data).answers, {}
        for question in self.questions:
            if raw := [value for _name, value in posted_values(question, data) if value]:
                text = text_of(question, answers) or (
                    "" if question_types.get(question["type"]).is_file else ", ".join(raw)
                )
                found[question["key"]] = (question["label"], text)
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of the answers."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {q["key"]: schema_of(q) | {"title": q["label"]} for q in self.questions},
            "required": [q["key"] for q in self.questions if q.get("required")],
            "additionalProperties": False,
        }


def schema_of(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of an answer to `question`."""
    return question_types.get(question["type"]).schema(question)


def field_of(question: Mapping[str, Any]) -> forms.Field:
    """Return the Django field that asks `question`; its role tells browsers what they may fill in (WCAG 1.3.5)."""
    field = question_types.get(question["type"]).field(question)
    if purpose := roles.PURPOSES.get(role_of(question)):
        field.widget.attrs.setdefault("autocomplete", purpose)
    return field


def role_of(question: Mapping[str, Any]) -> str:
    """Return the role of `question`; '' if it has none, or one that its type cannot have."""
    role = question.get("role", "")
    return role if role in question_types.get(question["type"]).roles else ""


def text_of(question: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """Return the answer to `question` as people read it; '' if there is none."""
    return question_types.get(question["type"]).display(answers[question["key"]]) if question["key"] in answers else ""


def posted_values(question: Mapping[str, Any], data: QueryDict) -> list[tuple[str, str]]:
    """Return what a post says to `question`, as hidden fields hold it: `(name, value)`."""
    name = question_types.get(question["type"]).hidden_name(question["key"])
    return [(name, value) for value in data.getlist(name)]


def compile_definition(definition: Mapping[str, Any], page_id: int) -> CompiledForm:
    """Return the plan of a definition that is not frozen (a preview)."""
    return CompiledForm(page_id, tuple(definition.get("questions", [])))


@lru_cache(maxsize=256)
def _compiled(pk: int, sha256: str) -> CompiledForm:
    version = FormVersion.objects.get(pk=pk)
    return compile_definition(version.definition, version.page_id)


def compile(version: FormVersion) -> CompiledForm:
    """Return the plan of `version`, compiled once for each process."""
    return _compiled(version.pk, version.sha256)
