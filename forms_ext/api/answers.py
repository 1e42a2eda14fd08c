"""Turn JSON answers into what the compiled form checks: the same rules as on the page, plus types."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..forms import compiler, question_types
from ..submissions import files
from .problems import Problem, error

#: The keywords of JSON Schema that the field of a question checks as well, in words that help more.
SAID_BY_FIELDS = {
    "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maximum", "minItems",
    "minLength", "minimum", "multipleOf", "pattern",
}  # fmt: skip
#: This many unknown questions are named, each with this many characters; the others are counted.
UNKNOWN_NAMED, KEY_SHOWN = 20, 80


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object with unique names, as I-JSON requires (RFC 7493, 2.3): otherwise its value is ambiguous."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name appears twice.")
    return found


def read(request: HttpRequest) -> dict[str, Any]:
    """Return the answers in the body of `request`; raise Problem if there are none to read."""
    if request.content_type != "application/json":
        raise Problem(415, _("Send the answers as application/json."))
    try:
        body = json.loads(request.body, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except RequestDataTooBig:
        raise Problem(413, _("The request is too large.")) from None
    except (ValueError, RecursionError, UnreadablePostError):
        raise Problem(400, _("The body is not valid JSON.")) from None
    answers = body.get("answers") if isinstance(body, dict) else None
    if not isinstance(answers, dict) or set(body) != {"answers"}:
        wrong = [{"pointer": "#/answers", "code": "required", "detail": _("Send the answers as an object.")}]
        raise Problem(422, _("Send an object with “answers” only."), wrong)
    return answers


def check(compiled: compiler.CompiledForm, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the valid answers as they are stored; raise Problem with one error for each question to fix."""
    kinds = {question["key"]: question_types.get(question["type"]) for question in compiled.questions}
    errors: dict[str, dict[str, str]] = {}
    data: dict[str, Any] = {}
    doubtful: set[str] = set()
    for key, value in answers.items():
        if key not in kinds or value is None:
            continue
        wrong = compiled.schema_faults(key, value)
        if wrong - SAID_BY_FIELDS:
            code = "type" if "type" in wrong else "schema"
            errors[key] = error(key, code, _("Send a value of the type given in the schema."))
            continue
        data[kinds[key].hidden_name(key)] = kinds[key].from_json(value)
        doubtful |= {key} if wrong else set()
    cleaned = compiled.clean(data)
    for key, messages in cleaned.errors.items():
        code = (cleaned.codes.get(key) or ["invalid"])[0]
        errors.setdefault(key, error(key, code, " ".join(messages)))
    for key in doubtful & set(cleaned.answers):  # its field is less strict than its schema, or has tidied it
        if compiled.schema_faults(key, cleaned.answers[key]):
            errors[key] = error(key, "schema", _("Send a value that is valid by the schema."))
    unknown = [key for key in answers if key not in kinds]
    if errors or unknown:
        ordered = [errors[key] for key in kinds if key in errors]
        raise Problem(422, _("Some answers are not valid."), [*ordered, *_unknown(unknown)])
    return cleaned.answers


def _unknown(keys: list[str]) -> list[dict[str, str]]:
    """Return errors for unknown questions: the first by name, the rest as a number."""
    shown = [key if len(key) <= KEY_SHOWN else f"{key[:KEY_SHOWN]}…" for key in keys[:UNKNOWN_NAMED]]
    found = [error(key, "unknown", _("This question does not exist.")) for key in shown]
    if rest := len(keys) - len(shown):
        detail = ngettext("%(n)s more question does not exist.", "%(n)s more questions do not exist.", rest)
        found.append({"pointer": "#/answers", "code": "unknown", "detail": detail % {"n": rest}})
    return found


def keep_file(request: HttpRequest, compiled: compiler.CompiledForm, key: str) -> dict[str, Any]:
    """Keep the file in `request` for the question `key`; return the answer that names it.

    Raise Problem if there is no such question, or the file is missing, unreadable, too large or of a type not allowed.
    """
    kinds = {question["key"]: question["type"] for question in compiled.questions}
    if kinds.get(key) != "file":
        raise Problem(404, _("This question does not exist."))
    try:
        sent = request.FILES.get("file")
    except (RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent):
        raise Problem(413, _("The request is too large.")) from None
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation):
        raise Problem(400, _("The body cannot be read.")) from None
    if sent is None:
        raise Problem(422, _("Send the file as “file”."), [error(key, "required", str(files.MISSING))])
    try:
        kept = compiled.fields[key].clean((sent, ""))
    except ValidationError as wrong:
        found = [error(key, wrong.error_list[0].code or "invalid", " ".join(wrong.messages))]
        raise Problem(422, _("The file cannot be accepted."), found) from None
    upload = files.keep(kept, page_id=compiled.page_id, question_key=key)
    return {"upload": upload.token, "name": upload.file_name}
