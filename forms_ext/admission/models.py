"""The decision, the private link, the places and the queue for a place."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..applications.models import Application

__all__ = ["Decision", "Invitation", "Place", "QueueEntry"]

STILL_WAITING = Q(offered_at__isnull=True, left_at__isnull=True)


class Decision(models.Model):
    """One decision on an application: from which status to which, by whom, when and why."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    from_state = models.CharField(max_length=10, choices=Application.State)
    to_state = models.CharField(max_length=10, choices=Application.State)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField()
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    mail = models.ForeignKey(
        "forms_ext.OutgoingMail", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["decided_at", "pk"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.to_state}"


class Invitation(models.Model):
    """A private link to the registration form; only the SHA-256 of its 256 random bits is kept."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ends_at = models.DateTimeField(_("expires"))
    has_own_end = models.BooleanField(default=False, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_reason = models.TextField(max_length=2000, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(revoked_at__isnull=True), name="forms_ext_one_live_invitation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.pk}"


class Place(models.Model):
    """One place of a program: free, held until `held_until`, or kept for good since `kept_at`."""

    # A free place does not prevent deleting a program. A place that someone has is protected by their application.
    program = models.ForeignKey("cop_program.Program", on_delete=models.CASCADE, related_name="places")
    number = models.PositiveSmallIntegerField()
    invitation = models.OneToOneField(Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="place")
    held_until = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["program", "number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="forms_ext_place_once"),
            models.CheckConstraint(
                condition=Q(invitation__isnull=True, held_until__isnull=True, kept_at__isnull=True)
                | Q(invitation__isnull=False, held_until__isnull=False, kept_at__isnull=True)
                | Q(invitation__isnull=False, held_until__isnull=True, kept_at__isnull=False),
                name="forms_ext_place_free_held_or_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.number}"


class QueueEntries(models.QuerySet["QueueEntry"]):
    """Entries of the queue."""

    def waiting(self) -> "QueueEntries":
        """Keep those who still wait: no place was offered to them, and they have not left."""
        return self.filter(STILL_WAITING)


class QueueEntry(models.Model):
    """A registration's place in the queue for a place, in the order of `pk`; it ends with an offer or by leaving."""

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="waiting_list")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="queue_entry")
    joined_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = QueueEntries.as_manager()

    class Meta:
        verbose_name = _("queue entry")
        verbose_name_plural = _("queue entries")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["program", "id"],
                condition=STILL_WAITING,
                name="forms_ext_queue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.pk}"
