"""Batch runs, which confirm or cancel a program person by person; changed sessions that members do not know yet."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cop_program.models import SessionRecord, SessionState

from ..registration.models import Registration

__all__ = ["BatchItem", "BatchRun", "SessionChange"]


class BatchRun(models.Model):
    """The confirmation or cancellation of a program: by whom, when, and the progress of its work.

    `reason` is for colleagues; `message` is sent to people.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmed")
        CALL_OFF = "call_off", _("Cancelled")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="go_runs")
    kind = models.CharField(max_length=8, choices=Kind)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    message = models.TextField(_("message"), max_length=2000, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["program", "kind"], name="forms_ext_batch_run_once")]

    def __str__(self) -> str:
        return f"{self.program_id} {self.kind}"


class BatchItem(models.Model):
    """One registration of a run, or one application without a registration: to do, done or failed."""

    class State(models.TextChoices):
        TODO = "todo", _("Remaining")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    run = models.ForeignKey(BatchRun, on_delete=models.CASCADE, related_name="items")
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.PROTECT, related_name="go_items"
    )
    application = models.ForeignKey(
        "forms_ext.Application", null=True, blank=True, on_delete=models.PROTECT, related_name="go_items"
    )
    state = models.CharField(max_length=6, choices=State, default=State.TODO)
    error = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "registration"], name="forms_ext_batch_item_once"),
            models.UniqueConstraint(fields=["run", "application"], name="forms_ext_batch_item_application_once"),
            models.CheckConstraint(
                condition=models.Q(registration__isnull=True) ^ models.Q(application__isnull=True),
                name="forms_ext_batch_item_is_about_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.registration_id or self.application_id}"


class SessionChange(models.Model):
    """A session that is not as members know it: how they know it (null: not at all), when it first and last changed.

    Deleted once they are told, or are not to be told, or it is again as they know it.
    """

    program = models.ForeignKey("cop_program.Program", on_delete=models.CASCADE, related_name="session_changes")
    record = models.OneToOneField(SessionRecord, on_delete=models.CASCADE, related_name="change")
    known = models.JSONField(null=True)
    since = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["record__starts_at", "pk"]

    def __str__(self) -> str:
        return f"{self.program_id} {self.record_id}"

    @property
    def before(self) -> SessionState | None:
        """How members know the session."""
        return SessionState.from_json(self.known) if self.known else None
