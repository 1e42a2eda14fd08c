"""Files that applicants send: checked by size and content, stored as private draft uploads."""

import hashlib
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePath
from typing import Any

import filetype
import pillow_heif
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.clock import now

from ..base import private_files
from ..base.conf import conf
from ..base.filenames import safe_name
from . import models

ALLOWED = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
}
#: Photos of phones, kept as JPEG.
PHOTOS = {"image/heic"}
ACCEPT = ",".join([*ALLOWED, *PHOTOS, *ALLOWED.values(), ".heic"])
UPLOAD_PATTERN = "^[A-Za-z0-9_-]{32}$"
TOKEN = re.compile(UPLOAD_PATTERN)
MOST_PIXELS, LONGEST_SIDE = 100_000_000, 4096
MISSING = gettext_lazy("Choose a file.")


def is_token(text: Any) -> bool:
    """Tell whether `text` may be the token of an upload: a database takes no other text for one."""
    return isinstance(text, str) and bool(TOKEN.fullmatch(text))


def detect(file: UploadedFile) -> str:
    """Return the media type of `file` by its content, or raise ValidationError for one that we do not take."""
    file.seek(0)
    kind = filetype.guess(file.read(8192))
    file.seek(0)
    if kind is None or kind.mime not in {*ALLOWED, *PHOTOS}:
        raise ValidationError(_("Use a PDF, an image (JPEG, PNG, WebP, HEIC) or a text document (DOCX, ODT)."))
    return str(kind.mime)


def as_jpeg(photo: UploadedFile) -> UploadedFile:
    """Return a photo of a phone as JPEG, without the place where it was taken.

    Raise ValidationError if it cannot be read.
    """
    try:
        heif = pillow_heif.open_heif(photo)
        if heif.size[0] * heif.size[1] > MOST_PIXELS:
            raise ValueError("too many pixels")
        image = heif.to_pillow().convert("RGB")
    except (ValueError, OSError, RuntimeError, EOFError, SyntaxError):
        raise ValidationError(_("This photo cannot be read. Send it as JPEG.")) from None
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    content = BytesIO()
    image.save(content, "JPEG", quality=88)
    return SimpleUploadedFile(f"{PurePath(photo.name or 'photo').stem}.jpg", content.getvalue(), "image/jpeg")


def too_large() -> str:
    """Return the sentence about a file that is larger than may be sent."""
    return _("This file is larger than %(limit)s MB. Use a smaller one.") % {"limit": _megabytes()}


def accepted() -> str:
    """Return the sentence about the types and the size that may be sent."""
    return _("A PDF, an image (JPEG, PNG, WebP, HEIC) or a text document (DOCX, ODT), up to %(limit)s MB.") % {
        "limit": _megabytes()
    }


def _megabytes() -> str:
    return formats.number_format(round(conf.COP_UPLOAD_MAX_BYTES / 1_048_576, 1)).removesuffix(".0").removesuffix(",0")


class KeptFileInput(forms.FileInput):
    """A file input that also carries the token of a file that was accepted before."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Mapping[str, Any], name: str) -> Any:
        return files.get(name), data.get(f"{name}_kept") or ""

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Mapping[str, Any], name: str) -> bool:
        return name not in files and f"{name}_kept" not in data

    def format_value(self, value: Any) -> None:
        return None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        # For the script that checks the size before the file is sent.
        limits = {"accept": ACCEPT, "data-max-bytes": conf.COP_UPLOAD_MAX_BYTES, "data-too-large": too_large()}
        html = super().render(name, None, {**(attrs or {}), **limits}, renderer)
        token = value[1] if isinstance(value, tuple) else ""
        upload = models.Upload.objects.filter(token=token, claimed_at=None).first() if is_token(token) else None
        if upload is None:
            return html
        note = _("Uploaded: %(name)s. To replace it, choose another file.") % {"name": upload.file_name}
        return format_html(
            '{}<input type="hidden" name="{}_kept" value="{}"><p class="cop-field__help">{}</p>',
            html, name, token, note,
        )  # fmt: skip


class KeptFileField(forms.Field):
    """Takes a new file (returns it) or the token of a kept one (returns the token)."""

    widget = KeptFileInput

    def clean(self, value: Any) -> Any:
        file, kept = value if isinstance(value, tuple) else (None, "")
        if not isinstance(file, UploadedFile):
            if self.required and not kept:
                raise ValidationError(MISSING)
            return kept
        if not file.size:
            raise ValidationError(_("This file is empty. Choose another one."))
        if file.size > conf.COP_UPLOAD_MAX_BYTES:
            raise ValidationError(too_large())
        file.content_type = detect(file)
        return as_jpeg(file) if file.content_type in PHOTOS else file

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


def keep(file: UploadedFile, *, page_id: int, question_key: str) -> "models.Upload":
    """Store `file` privately as a draft upload."""
    file.seek(0)
    content = file.read()
    suffix = ALLOWED[str(file.content_type)]
    digest = hashlib.sha256(content).hexdigest()
    return models.Upload.objects.create(
        page_id=page_id,
        question_key=question_key,
        storage_path=private_files.save(f"uploads/{digest[:2]}/{digest}{suffix}", content),
        file_name=safe_name(file.name or "", suffix),
        content_type=str(file.content_type),
        size=len(content),
        sha256=digest,
        created_at=now(),
    )


def find(token: str, *, page_id: int, question_key: str) -> "models.Upload | None":
    """Return the unclaimed upload of `token` for that question, or None."""
    if not is_token(token):
        return None
    return models.Upload.objects.filter(
        token=token, page_id=page_id, question_key=question_key, claimed_at__isnull=True
    ).first()


def tokens_of(answers: Mapping[str, Any]) -> list[str]:
    """Return the tokens of the uploads among `answers`."""
    return [value["upload"] for value in answers.values() if isinstance(value, dict) and "upload" in value]


def claim(answers: Mapping[str, Any]) -> "list[models.Upload]":
    """Bind the uploads among `answers` to the submission, and return them.

    Call it in the transaction that stores the answers.
    """
    tokens = tokens_of(answers)
    if not tokens:
        return []
    models.Upload.objects.filter(token__in=tokens).update(claimed_at=now())
    return list(models.Upload.objects.filter(token__in=tokens))
