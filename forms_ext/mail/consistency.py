"""Checks of emails, templates and attachments (`manage.py cop_audit`)."""

from collections.abc import Iterator
from datetime import timedelta

from cop_program.clock import now

from ..base import consistency
from . import attachments, queries
from .models import MailAttachment, OutgoingMail

LATE = timedelta(hours=1)
State = OutgoingMail.State


@consistency.check("mail.outbox")
def emails_not_sent() -> Iterator[str]:
    """Emails that failed, or that are more than an hour overdue."""
    for pk, error in OutgoingMail.objects.filter(state=State.FAILED).values_list("pk", "last_error"):
        yield f"Email {pk} failed and needs attention: {error or 'no error was recorded'}"
    for pk in queries.due().filter(next_attempt_at__lt=now() - LATE).values_list("pk", flat=True):
        yield f"Email {pk} should have been sent more than an hour ago: is a worker running?"


@consistency.check("mail.templates")
def templates_not_used() -> Iterator[str]:
    """Email templates in whose place the default text is sent."""
    for text in queries.unused():
        fields = ", ".join(queries.misplaced(text))
        yield f"Email template {text.pk} ({text}, {text.scope or 'all programs'}) is not used: {fields} is misplaced"


@consistency.check("mail.secrets")
def secrets_left_after_sending() -> Iterator[str]:
    """Private links that were not deleted after sending."""
    for pk in OutgoingMail.objects.filter(state=State.SENT).exclude(secrets="").values_list("pk", flat=True):
        yield f"Email {pk} was sent, but its private links are still stored"


@consistency.check("mail.attachments")
def attachments_missing() -> Iterator[str]:
    """Missing files of emails that are not sent yet."""
    waiting = MailAttachment.objects.exclude(mail__state=State.SENT)
    for mail, path in waiting.values_list("mail_id", "storage_path"):
        if not attachments.exists(path):
            yield f"Email {mail} waits to be sent, but its file {path} is missing"
