"""Emails that a provider accepted and that bounced later, as its webhook reports (django-anymail)."""

from importlib.util import find_spec
from typing import Any

from django.db import transaction

from cop_program.keys import keys

from ..base import events
from . import delivery, rendering
from .models import OutgoingMail

State = OutgoingMail.State
BOUNCED = {"bounced", "failed", "rejected"}


@transaction.atomic
def mark_bounced(*, pk: int, recipient: str, reason: str) -> bool:
    """Mark a sent email as failed, with the reason; return False if none was sent to that address.

    It is then listed as failed in the email log, in the person's timeline and in the audit.
    """
    sent = OutgoingMail.objects.filter(pk=pk, recipient__iexact=recipient, state=State.SENT)
    if not sent.update(state=State.FAILED, last_error=delivery.without_addresses(reason)):
        return False
    events.append("forms_ext.mail.bounce", OutgoingMail(pk=pk))
    return True


def hear(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Receive every event about an email; only those that did not arrive matter here."""
    for pk in keys([str((event.metadata or {}).get(delivery.METADATA, ""))]):
        if event.event_type in BOUNCED:
            reason = f"{esp_name}: {event.mta_response or event.description or event.event_type}"
            mark_bounced(pk=pk, recipient=rendering.one_line(event.recipient or ""), reason=reason)


def connect() -> None:
    """Listen to anymail's webhooks, if it is installed."""
    if find_spec("anymail"):
        from anymail.signals import tracking  # noqa: PLC0415  (optional)

        tracking.connect(hear, dispatch_uid="forms_ext.mail.bounces")
