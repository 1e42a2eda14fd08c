"""What the mail package registers at start-up: periodic work, consistency checks, log entries."""

from django.utils.translation import gettext_lazy as _

from ..base import groups, history, periodic
from ..base import tasks as background
from . import (
    bounces,
    consistency,  # noqa: F401
    delivery,
    tasks,
)


def connect() -> None:
    """Register this package."""
    templates = [f"forms_ext.{action}_mailtemplate" for action in ("view", "add", "change", "delete")]
    groups.grant(groups.EDITORS, *templates)
    groups.grant(groups.STAFF, "forms_ext.view_outgoingmail", "forms_ext.view_mailtemplate")
    background.register(tasks.deliver)
    history.register("forms_ext.mail.try_again", _("Email retried"))
    history.register("forms_ext.mail.save_template", _("Email template changed"))
    history.register("forms_ext.mail.reset_template", _("Email template reset"))
    history.register("forms_ext.mail.built_in_text", _("Default text sent instead of the changed one"))
    periodic.register(delivery.deliver_due)
    bounces.connect()
