"""What programs register at start-up: log entries, periodic work, consistency checks."""

from django.utils.translation import gettext_lazy as _

from ..base import history, periodic
from ..base import tasks as background
from . import actions, consistency, tasks  # noqa: F401  (consistency registers its checks)

LABELS = {
    "called_off": _("Registration ended: program called off"),
    "confirm": _("Program confirmed"),
    "close": _("Program closed"),
    "call_off": _("Program called off"),
    "retry": _("Failed items tried again"),
    "new_edition": _("Made as a new edition"),
}


def connect() -> None:
    """Register this package."""
    background.register(tasks.work_off)
    for verb, label in LABELS.items():
        history.register(f"forms_ext.programs.{verb}", label)
    for job in (actions.resume_runs, tasks.list_rebates):
        periodic.register(job)
