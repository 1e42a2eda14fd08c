"""Models that every package may use."""

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Heartbeat", "RateBucket", "ReferenceSequence"]


class ReferenceSequence(models.Model):
    """The last number used in a series of references, such as `A-2026`."""

    series = models.CharField(max_length=40, unique=True)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("sequence of references")
        verbose_name_plural = _("sequences of references")

    def __str__(self) -> str:
        return self.series


class RateBucket(models.Model):
    """How often `key` (a keyed hash, never an address) was counted in the window that began at `window_start`."""

    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="forms_ext_rate_bucket_once")]

    def __str__(self) -> str:
        return self.key[:8]


class Heartbeat(models.Model):
    """When something that has to be done again and again was done last (`heartbeat.py`)."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
