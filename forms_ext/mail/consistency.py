"""Consistency checks of the email log (`manage.py cop_audit`)."""

from collections.abc import Iterator
from datetime import timedelta

from cop_program.clock import now

from ..base import consistency
from . import attachments, queries
from .models import MailAttachment, OutgoingMail

LATE = timedelta(hours=1)
State = OutgoingMail.State


@consistency.check("mail.outbox")
def mails_that_do_not_move() -> Iterator[str]:
    """Emails that failed, or that were due an hour ago and are not sent."""
    for pk, error in OutgoingMail.objects.filter(state=State.FAILED).values_list("pk", "last_error"):
        yield f"Email {pk} failed and needs attention: {error or 'no error was recorded'}"
    for pk in queries.due().filter(next_attempt_at__lt=now() - LATE).values_list("pk", flat=True):
        yield f"Email {pk} should have been sent more than an hour ago. Check that a worker is running."


@consistency.check("mail.templates")
def texts_that_are_not_used() -> Iterator[str]:
    """Own texts that are replaced by the default text."""
    for text in queries.unused():
        fields = ", ".join(queries.misplaced(text))
        yield f"Email template {text.pk} ({text}, {text.scope or 'all programs'}) is not used: {fields} is misplaced"


@consistency.check("mail.secrets")
def secrets_left_after_sending() -> Iterator[str]:
    """Private links that were not wiped."""
    for pk in OutgoingMail.objects.filter(state=State.SENT).exclude(secrets="").values_list("pk", flat=True):
        yield f"Email {pk} was sent, but still contains the secrets of its private links"


@consistency.check("mail.attachments")
def attachments_that_are_gone() -> Iterator[str]:
    """Missing files of emails that are not sent yet."""
    waiting = MailAttachment.objects.exclude(mail__state__in=[State.SENT, State.DROPPED]).filter(content="")
    for mail, path in waiting.values_list("mail_id", "storage_path"):
        if not attachments.exists(path):
            yield f"Email {mail} is waiting to be sent, but its attachment {path} is missing"
