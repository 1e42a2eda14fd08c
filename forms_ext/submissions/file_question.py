"""The question type for files."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..forms.question_types import Question, QuestionType, common, register
from . import files


@register
class File(QuestionType):
    """A file, kept as a private draft upload until an answer claims it."""

    name, label, icon, is_file = "file", gettext_lazy("File"), "doc-full", True
    description = gettext_lazy("A PDF, an image or a text document. Stored privately.")

    def field(self, question: Question) -> forms.Field:
        told = format_lazy("{} {}", question.get("help", ""), lazy(files.accepted, str)())
        return files.KeptFileField(**common(question) | {"help_text": told})

    def store(self, value: Any, *, key: str, page_id: int) -> dict[str, str]:
        if isinstance(value, UploadedFile):
            upload = files.keep(value, page_id=page_id, question_key=key)
        elif (found := files.find(value, page_id=page_id, question_key=key)) is not None:
            upload = found
        else:
            raise forms.ValidationError(_("This file is no longer available. Choose it again."))
        return {"upload": upload.token, "name": upload.file_name}

    def from_json(self, value: Any) -> Any:
        return value["upload"]

    def hidden_name(self, key: str) -> str:
        return f"{key}_kept"

    def schema(self, question: Question) -> dict[str, Any]:
        return {
            "type": "object",
            "description": files.accepted(),
            "properties": {"upload": {"type": "string", "pattern": files.UPLOAD_PATTERN}, "name": {"type": "string"}},
            "required": ["upload"],
            "additionalProperties": False,
        }

    def display(self, value: Any) -> str:
        return str(value.get("name", ""))
