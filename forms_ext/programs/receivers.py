"""What programs register at start-up: log entries, periodic work, consistency checks."""

from django.utils.translation import gettext_lazy as _

from ..base import history, periodic
from ..base import tasks as background
from ..mail import scopes
from . import actions, consistency, queries, tasks  # noqa: F401  (consistency registers its checks)

LABELS = {
    "called_off": _("Registration cancelled: program cancelled"),
    "confirm": _("Program confirmed"),
    "close": _("Program closed"),
    "take_applications": _("Applications closed or reopened"),
    "call_off": _("Program cancelled"),
    "retry": _("Failed items retried"),
    "new_edition": _("Created as a new edition"),
}


def connect() -> None:
    """Register this package."""
    background.register(tasks.work_off)
    scopes.register(queries.email_scopes)
    for verb, label in LABELS.items():
        history.register(f"forms_ext.programs.{verb}", label)
    for job in (actions.resume_runs, tasks.list_rebates):
        periodic.register(job)
