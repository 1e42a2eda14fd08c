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

from ..forms import compiler
from ..submissions import files
from .problems import Problem, error

#: The Python types of each JSON Schema type.
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


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
    schema = compiled.schema()["properties"]
    errors: dict[str, dict[str, str]] = {}
    data: dict[str, Any] = {}
    for key, value in answers.items():
        if key not in schema or value is None:
            continue
        if not fits(schema[key], value):
            errors[key] = error(key, "type", _("Send a value of the type given in the schema."))
        else:
            data |= _as_posted(key, value)
    cleaned = compiled.clean(data)
    for key, messages in cleaned.errors.items():
        code = (cleaned.codes.get(key) or ["invalid"])[0]
        errors.setdefault(key, error(key, code, " ".join(messages)))
    unknown = [key for key in answers if key not in schema]
    if errors or unknown:
        ordered = [errors[key] for key in schema if key in errors]
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


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Tell whether `value` has the type that the schema of a question requires."""
    kind = schema["type"]
    if isinstance(value, bool) != (kind == "boolean") or not isinstance(value, TYPES[kind]):
        return False
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)
    if isinstance(value, dict):
        return set(value) <= {"upload", "name"} and files.is_token(value.get("upload"))
    return True


def _as_posted(key: str, value: Any) -> dict[str, Any]:
    """Return `value` as a browser would send it."""
    if isinstance(value, dict):
        return {f"{key}_kept": value["upload"]}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {key: str(value)}
    return {key: value}
