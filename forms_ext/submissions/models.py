"""Submissions, their uploads, and the websites that may show our forms."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..base.search import SearchedModel
from ..forms.models import FormVersion
from . import origins

__all__ = ["EmbeddingSite", "Submission", "Upload"]


def new_upload_token() -> str:
    """Return an unguessable name for an upload (192 bits)."""
    return secrets.token_urlsafe(24)


class AnswerSet(models.Model):
    """Answers to one version: `answers` maps each question's key to its JSON value."""

    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(_("sent"))
    language = models.CharField(max_length=12, default="en")
    idempotency_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Submission(SearchedModel, AnswerSet):
    """Answers sent through a `FormPage`."""

    searched = ("title", "reference", "words")

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    title = models.CharField(
        _("from"), max_length=200, help_text=_("Name or email address, otherwise the first answer.")
    )
    words = models.TextField(editable=False, help_text="What the search looks through: the answers as staff read them.")

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["-submitted_at", "-id"], name="forms_ext_submission_newest")]

    def __str__(self) -> str:
        return self.reference


class Upload(models.Model):
    """A file that an applicant sent: a draft until an answer claims it. Private."""

    token = models.CharField(max_length=40, unique=True, default=new_upload_token, editable=False)
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="+")
    question_key = models.CharField(max_length=80)
    storage_path = models.CharField(max_length=255)
    file_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.token[:6]


class EmbeddingSite(models.Model):
    """Another website that can show our forms in a frame."""

    origin = models.CharField(
        _("website"), max_length=200, unique=True, help_text=_("URL without a path: https://www.example.org")
    )
    note = models.CharField(_("owner"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("website that may show our forms")
        verbose_name_plural = _("websites that may show our forms")
        ordering = ["origin"]

    def __str__(self) -> str:
        return self.origin

    def clean(self) -> None:
        """Store the address as browsers compare it. Raise ValidationError, with a hint, if it is not an origin."""
        super().clean()
        try:
            self.origin = origins.parse(self.origin)
        except ValidationError as error:
            raise ValidationError({"origin": error.messages}) from error
