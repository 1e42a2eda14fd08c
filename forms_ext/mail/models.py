"""Templates that editors change, and the email log."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from cop_program.clock import now

from ..base.search import SearchedModel

__all__ = ["MailAttachment", "MailTemplate", "OutgoingMail"]


class MailTemplate(models.Model):
    """An editor's own text for one email type, in one scope and language.

    `scope` is '' for all programs, or a string of the caller's such as `program:12`.
    """

    kind = models.CharField(_("email type"), max_length=60)
    scope = models.CharField(_("scope"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    subject = models.CharField(_("subject"), max_length=200)
    body = RichTextField(_("text"), features=["h3", "bold", "italic", "link", "ol", "ul"])
    button_label = models.CharField(_("button label"), max_length=60, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("email template")
        verbose_name_plural = _("email templates")
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "language"], name="forms_ext_mail_template_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class OutgoingMail(SearchedModel):
    """One email: created in the transaction that it tells of, sent afterwards.

    `about` names what it belongs to (`application:7`). `subject`, `text` and `html` have placeholders for secrets.
    Their values are encrypted in `secrets` until the email is sent, and then deleted.
    """

    searched = ("recipient", "recipient_name", "subject")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Out of date, not sent")

    kind = models.CharField(_("email type"), max_length=60)
    scope = models.CharField(_("scope"), max_length=60, blank=True)
    about = models.CharField(max_length=60, blank=True, db_index=True)
    recipient = models.EmailField(_("recipient"))
    recipient_name = models.CharField(_("name"), max_length=200, blank=True)
    reply_to = models.EmailField(_("reply to"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    subject = models.CharField(_("subject"), max_length=255)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    fields = models.JSONField(default=dict, editable=False)
    secrets = models.TextField(blank=True, editable=False)
    state = models.CharField(_("status"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_moment = models.DateTimeField(_("not sent after"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=255, blank=True)
    message_id = models.CharField(max_length=255, blank=True, editable=False)
    idempotency_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="forms_ext_mail_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_out_of_date(self) -> bool:
        """Tell whether what it says is no longer so, since its last moment has passed."""
        return self.last_moment is not None and self.last_moment <= now()


class MailAttachment(models.Model):
    """An attachment of an email: a file in private storage, one that a package renders, or a short text of its own."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attachments")
    storage_path = models.CharField(max_length=255, blank=True)
    content = models.TextField(blank=True)
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.file_name
