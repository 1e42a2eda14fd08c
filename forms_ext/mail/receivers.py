"""What the mail declares to the rest: its periodic job, its audit checks, its log entries."""

from django.utils.translation import gettext_lazy as _

from ..base import history, periodic
from . import audit, bounces, delivery  # noqa: F401  (the audit checks register themselves)


def connect() -> None:
    """Register what this room contributes."""
    history.register("forms_ext.mail.try_again", _("Mail tried again"))
    history.register("forms_ext.mail.save_template", _("Mail template changed"))
    history.register("forms_ext.mail.reset_template", _("Mail template taken back"))
    history.register("forms_ext.mail.built_in_text", _("Built-in text sent instead of the changed one"))
    periodic.register(delivery.deliver_due)
    bounces.connect()
