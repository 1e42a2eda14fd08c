"""What the mail package registers at start-up: periodic work, consistency checks, log entries."""

from django.utils.translation import gettext_lazy as _

from ..base import history, periodic
from ..base import tasks as background
from . import (
    bounces,
    consistency,  # noqa: F401
    delivery,
    tasks,
)


def connect() -> None:
    """Register this package."""
    background.register(tasks.deliver)
    history.register("forms_ext.mail.try_again", _("Mail tried again"))
    history.register("forms_ext.mail.save_template", _("Mail template changed"))
    history.register("forms_ext.mail.reset_template", _("Mail template taken back"))
    history.register("forms_ext.mail.built_in_text", _("Built-in text sent instead of the changed one"))
    periodic.register(delivery.deliver_due)
    bounces.connect()
