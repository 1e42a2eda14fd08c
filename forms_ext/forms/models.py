"""Form pages that editors build, their frozen versions, uploads and plain submissions."""

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.models import FormMixin
from wagtail.fields import RichTextField
from wagtail.models import Page

from cop_program.models.families import Family

from . import editor, origins, stream
from .stream import QuestionsField

__all__ = ["AnswerSet", "EmbeddingSite", "FormPage", "FormVersion", "QuestionKey", "Submission", "Upload"]


def new_upload_token() -> str:
    """Return an unguessable name for an upload (192 bits)."""
    return secrets.token_urlsafe(24)


class QuestionKey(models.Model):
    """The key of one question, given once and for ever; copies of a page share their blocks' ids, and so the keys."""

    block_id = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.key


class AbstractFormPage(Family, FormMixin, models.Model):
    """A page with questions; publishing freezes a `FormVersion`, and the site serves versions only.

    A page type names in `required_roles` the answers that the system needs of it, and may override `closes_at`,
    `is_open`, `initial_answers`, `accept_submission` and, with it, `find_sent`.
    """

    required_roles: tuple[str, ...] = ()
    answers_are_submissions = True  # False where an upper room keeps the answers, in a register of its own
    may_be_embedded = True
    is_unfinished = False  # True while the editor saves a draft
    base_form_class = editor.DraftForm
    preview_modes = Page.DEFAULT_PREVIEW_MODES

    questions = QuestionsField(blank=True, verbose_name=_("questions"))
    introduction = RichTextField(_("introduction"), blank=True)
    submit_label = models.CharField(_("label of the button"), max_length=60, blank=True)
    thanks = RichTextField(_("text after sending"), blank=True)

    content_panels = editor.panels()

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse to publish a form that lacks an answer which the system needs, in words."""
        super().clean()
        missing = stream.missing_roles(self.questions, self.required_roles)
        if missing and not self.is_unfinished:
            raise ValidationError({"questions": stream.missing_words(missing)})

    def current_version(self) -> "FormVersion | None":
        """Return the version that the site serves, or None before the first publication."""
        return FormVersion.objects.filter(page_id=self.pk).order_by("-number").first()

    def closes_at(self) -> datetime | None:
        """Return the instant at which the form closes; None where it never does."""
        return None

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the form takes answers at `moment`."""
        closes_at = self.closes_at()
        return closes_at is None or moment < closes_at

    def accept_submission(self, submission: Any, request: HttpRequest | None) -> Any:
        """Store a `CleanSubmission`, in one transaction, and return its `Receipt`."""
        from . import actions

        return actions.submit(page=self, submission=submission)

    def find_sent(self, key: str, request: HttpRequest) -> Any:
        """Return what the post with the idempotency `key` was answered, as `accept_submission` does, or None."""
        from . import actions

        return actions.find_sent(key)

    def initial_answers(self, request: HttpRequest) -> dict[str, Any]:
        """Return answers to begin with, by question key."""
        return {}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from . import rendering

        return rendering.serve(self, request)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from . import rendering

        return rendering.preview(self, request)

    def get_form_fields(self) -> list[Any]:
        return []

    def get_data_fields(self) -> list[tuple[str, Any]]:
        return []

    def get_submission_class(self) -> type[models.Model]:
        return Submission

    def get_submissions(self) -> models.QuerySet[Any]:
        """Return nothing: answers are listed and deleted in our own register alone, behind its permission."""
        return Submission.objects.none()

    def serve_submissions_list_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead from Wagtail's Forms menu to our own register."""
        from . import register

        return register.of_page(request, self)


class FormPage(AbstractFormPage, Page):
    """A form that stands alone on any Wagtail site."""

    template = "forms_ext/forms/form.html"

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
    title = models.CharField(_("from"), max_length=200, help_text=_("Name or email address, else the first answer."))
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


class EmbeddingSite(models.Model):
    """Another web site that may show our forms in a frame."""

    origin = models.CharField(
        _("web site"), max_length=200, unique=True, help_text=_("Its address without a page: https://www.example.org")
    )
    note = models.CharField(_("whose it is"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("web site that may show our forms")
        verbose_name_plural = _("web sites that may show our forms")
        ordering = ["origin"]

    def __str__(self) -> str:
        return self.origin

    def clean(self) -> None:
        """Keep the address as browsers compare it; say how to mend one that is more, or less, than that."""
        super().clean()
        try:
            self.origin = origins.parse(self.origin)
        except ValidationError as error:
            raise ValidationError({"origin": error.messages}) from error
