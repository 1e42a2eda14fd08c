"""What the world last knew of a session: it stays when the page goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from .program import Program


@dataclass(frozen=True)
class SessionState:
    """What members have to know of a session; it is `on` unless it was cancelled, unpublished or deleted."""

    starts_at: datetime
    ends_at: datetime
    is_on: bool
    join_link: str = ""
    recording_link: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as `from_json` reads it."""
        return vars(self) | {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        times = {name: datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at")}
        return cls(**values | times)


class SessionRecord(models.Model):
    """A session that is or was published, as it was last published. Written by `session_records.sync` alone.

    `sequence` is its SEQUENCE in calendars. A session is gone once its page is unpublished or deleted; calendars show
    it as cancelled then, the public one not if the page was `is_private`. `titles` has those of its translations, by
    language.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="session_records")
    session_key = models.UUIDField()
    title = models.CharField(_("title"), max_length=255)
    titles = models.JSONField(default=dict)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    is_gone = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    join_link = models.URLField(_("join link"), max_length=500, blank=True)
    recording_link = models.URLField(_("recording"), max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "session_key"], name="cop_program_session_record_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_on(self) -> bool:
        """Whether the session takes place."""
        return not self.is_cancelled and not self.is_gone

    @property
    def state(self) -> SessionState:
        """What members have to know."""
        return SessionState(self.starts_at, self.ends_at, self.is_on, self.join_link, self.recording_link)

    def title_in(self, language: str) -> str:
        """Return the title in `language`, otherwise that of the original page."""
        return str(self.titles.get(language) or self.title)
