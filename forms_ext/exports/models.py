"""An export: who took what, when, and how many rows; for a background export, its file."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Export"]


class Export(models.Model):
    """One export. A large one is a file in private storage until `ends_at`."""

    class State(models.TextChoices):
        STREAMED = "streamed", _("Downloaded directly")
        WAITING = "waiting", _("Waiting")
        WRITING = "writing", _("In progress")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        ENDED = "ended", _("Expired")

    source = models.CharField(_("source"), max_length=40)
    format = models.CharField(_("format"), max_length=5)
    query = models.TextField(_("search and filters"), blank=True)
    options = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("requested"))
    rows = models.PositiveIntegerField(_("rows"), default=0)
    state = models.CharField(_("status"), max_length=8, choices=State, default=State.STREAMED)
    done = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=255, blank=True)
    ends_at = models.DateTimeField(_("link expires"), null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-pk"]
        default_permissions = ["add"]
        indexes = [models.Index(fields=["state", "claimed_until"], name="forms_ext_export_due")]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"

    def has_file(self, moment: datetime) -> bool:
        """Tell whether the link to the file works at `moment`."""
        return self.state == self.State.READY and self.ends_at is not None and moment < self.ends_at
