"""Form pages that editors build, their frozen versions, uploads and plain submissions."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.models import FormMixin
from wagtail.fields import RichTextField
from wagtail.models import Page

__all__ = ["AnswerSet", "FormPage", "FormVersion", "Submission", "Upload"]


def new_upload_token() -> str:
    """Return an unguessable name for an upload (192 bits)."""
    return secrets.token_urlsafe(24)


class AbstractFormPage(FormMixin, models.Model):
    """A page with questions; publishing freezes a `FormVersion`, and the site serves versions only."""

    introduction = RichTextField(_("introduction"), blank=True)
    submit_label = models.CharField(_("label of the button"), max_length=60, blank=True)
    thanks = RichTextField(_("text after sending"), blank=True)

    class Meta:
        abstract = True


class FormPage(AbstractFormPage, Page):
    """A form that stands alone on any Wagtail site."""

    template = "forms_ext/form_page.html"
    landing_page_template = "forms_ext/form_page_landing.html"

    class Meta:
        verbose_name = _("form page")
        verbose_name_plural = _("form pages")


class FormVersion(models.Model):
    """What was asked: the canonical JSON of a form at one publication. Never changed."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="form_versions")
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        ordering = ["page", "number"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="forms_ext_form_version_once")]

    def __str__(self) -> str:
        return f"{self.page_id} v{self.number}"


class AnswerSet(models.Model):
    """Answers to one version: `answers` maps each question's key to its JSON value."""

    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(_("sent"))
    language = models.CharField(max_length=12, default="en")
    idempotency_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Submission(AnswerSet):
    """What somebody sent through a `FormPage`."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="form_submissions")
    reference = models.CharField(_("reference"), max_length=20, unique=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-submitted_at", "-pk"]

    def __str__(self) -> str:
        return self.reference


class Upload(models.Model):
    """A file that an applicant sent: a draft until an answer claims it. Private."""

    token = models.CharField(max_length=40, unique=True, default=new_upload_token, editable=False)
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="form_uploads")
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
