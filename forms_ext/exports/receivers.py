"""What the exports register at start-up: log entries and periodic work."""

from django.utils.translation import gettext_lazy as _

from ..base import history
from ..base import tasks as background
from . import actions, tasks


def connect() -> None:
    """Connect; called once from `AppConfig.ready()`."""
    background.register(tasks.write_export)
    history.register(actions.EXPORTED, _("Exported"))
