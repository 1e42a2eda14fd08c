"""Mails that a provider took and that came back later, as the provider's webhook tells (django-anymail)."""

from importlib.util import find_spec
from typing import Any

from cop_program.keys import keys

from . import delivery, rendering
from .models import OutgoingMail

State = OutgoingMail.State
CAME_BACK = {"bounced", "failed", "rejected"}


def came_back(*, pk: int, recipient: str, reason: str) -> bool:
    """Mark a sent email as failed, with the reason; return False if none was sent to that address.

    It is then listed as failed in the email log, in the person's timeline and in the audit.
    """
    sent = OutgoingMail.objects.filter(pk=pk, recipient__iexact=recipient, state=State.SENT)
    return bool(sent.update(state=State.FAILED, last_error=delivery.without_addresses(reason)))


def hear(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Hear of everything that becomes of a mail; only what did not arrive matters here."""
    for pk in keys([str((event.metadata or {}).get(delivery.METADATA, ""))]):
        if event.event_type in CAME_BACK:
            reason = f"{esp_name}: {event.mta_response or event.description or event.event_type}"
            came_back(pk=pk, recipient=rendering.one_line(event.recipient or ""), reason=reason)


def connect() -> None:
    """Listen to anymail's webhooks, if it is installed."""
    if find_spec("anymail"):
        from anymail.signals import tracking  # noqa: PLC0415  (optional)

        tracking.connect(hear, dispatch_uid="forms_ext.mail.bounces")
