"""The frozen versions of forms, and the permanent keys of questions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["FormVersion", "QuestionKey"]


class QuestionKey(models.Model):
    """The key of one question, given once and for ever; copies of a page share their blocks' ids, and so the keys."""

    block_id = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.key


class FormVersion(models.Model):
    """The canonical JSON of a form as it was published. Never changed."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="cop_form_versions")
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
