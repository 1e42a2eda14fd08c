"""Models that every package may use."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .frozen import FrozenModel

__all__ = ["Event", "Heartbeat", "NumberSequence", "RateBucket"]


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


class Event(FrozenModel):
    """One thing that happened, written in the transaction that did it (`events.py`).

    `rows` holds digests of the rows that it made or changed, salted (`row_states.py`). The numbering gives `position`
    and `row_hash` after the commit. Program and user are no constraints: what happened outlives them.
    """

    unfrozen = frozenset({"position", "row_hash", "salt"})

    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    program = models.ForeignKey(
        "cop_program.Program", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    data = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, blank=True)
    position = models.PositiveBigIntegerField(null=True, unique=True)
    row_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["subject", "id"], name="forms_ext_event_subject"),
            models.Index(fields=["program", "name", "at"], name="forms_ext_event_program"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"
