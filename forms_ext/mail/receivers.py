"""What the mail package registers at start-up: periodic work, consistency checks, log entries."""

from django.utils.translation import gettext_lazy as _

from ..base import groups, history, periodic, row_states
from ..base import tasks as background
from . import (
    bounces,
    consistency,  # noqa: F401
    delivery,
    tasks,
)
from .models import MailAttachment, MailTemplate, OutgoingMail

#: What is written once; the rest of an email tells how its delivery goes.
WRITTEN = (
    "kind",
    "scope",
    "about",
    "recipient",
    "recipient_name",
    "reply_to",
    "language",
    "subject",
    "text",
    "html",
    "created_at",
    "last_moment",
)
EVENTS = {
    "write": (_("Email written"), {"kind": "type of the email", "about": "what it is about, such as application:7"}),
    "sent": (_("Email sent"), {}),
    "fail": (_("Email failed"), {}),
    "drop": (_("Email out of date, not sent"), {}),
    "bounce": (_("Email bounced"), {}),
    "try_again": (_("Email retried"), {}),
    "send_again": (_("Email sent again"), {"copy": "key of the email that was sent"}),
    "save_template": (_("Email template changed"), {"subject": "its subject"}),
    "reset_template": (_("Email template reset"), {}),
    "built_in_text": (
        _("Default text sent instead of the changed one"),
        {"template": "key of the template that was not used"},
    ),
}


def connect() -> None:
    """Register this package."""
    templates = [f"forms_ext.{action}_mailtemplate" for action in ("view", "add", "change", "delete")]
    groups.grant(groups.EDITORS, *templates)
    groups.grant(
        groups.STAFF, "forms_ext.view_outgoingmail", "forms_ext.change_outgoingmail", "forms_ext.view_mailtemplate"
    )
    background.register(tasks.deliver)
    for verb, (label, keys) in EVENTS.items():
        history.register(f"forms_ext.mail.{verb}", label, keys)
    row_states.watch(OutgoingMail, *WRITTEN)
    row_states.watch(MailAttachment)
    row_states.watch(MailTemplate, but=["updated_at"])
    periodic.register(delivery.deliver_due)
    bounces.connect()
