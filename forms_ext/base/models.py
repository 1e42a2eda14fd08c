"""Models that every package may use."""

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Heartbeat", "NumberSequence", "RateBucket"]


class NumberSequence(models.Model):
    """The last number used in one series, such as `A-2026`, and the hash of the row that bears it (`chains.py`)."""

    key = models.CharField(max_length=80, primary_key=True)
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")

    def __str__(self) -> str:
        return self.key


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
