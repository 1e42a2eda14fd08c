"""What the exports register at start-up: log entries and periodic work."""

from django.utils.translation import gettext_lazy as _

from ..base import groups, history
from ..base import tasks as background
from . import actions, tasks


def connect() -> None:
    """Connect; called once from `AppConfig.ready()`."""
    groups.grant(groups.STAFF, "forms_ext.add_export")
    background.register(tasks.write_export)
    history.register(actions.EXPORTED, _("Exported"))
