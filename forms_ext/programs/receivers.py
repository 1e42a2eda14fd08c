"""What programs register at start-up: log entries, periodic work, consistency checks."""

from typing import Any

from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _

from cop_program.models import Program

from ..base import events, history, periodic, row_states
from ..base import tasks as background
from ..mail import scopes
from . import actions, consistency, queries, session_changes, tasks  # noqa: F401  (consistency registers its checks)
from .models import BatchRun

RUN = {"run": "key of the batch run"}
EVENTS = {
    "called_off": (_("Registration cancelled: program cancelled"), RUN),
    "tell_applicant": (_("Applicant told: program cancelled"), RUN),
    "confirm": (_("Program confirmed"), RUN),
    "close": (_("Program closed"), {}),
    "take_applications": (_("Applications closed or reopened"), {"taken": "whether people can apply from now on"}),
    "set_transfer_days": (_("Days for a transfer changed"), {"days": "how many working days"}),
    "call_off": (_("Program cancelled"), RUN),
    "retry": (_("Failed items retried"), {**RUN, "items": "how many items"}),
    "tell_changes": (
        _("Members told of changed sessions"),
        {"sessions": "how many sessions", "members": "how many members got an email"},
    ),
    "drop_changes": (_("Members not told of changed sessions"), {"sessions": "how many sessions"}),
    "new_edition": (_("Created as a new edition"), {"source": "key of the program that was copied"}),
    "delete": (_("Program deleted"), {}),
}


def note_deletion(sender: Any, instance: Program, **kwargs: Any) -> None:
    """Note that a program is gone with its page."""
    events.append("forms_ext.programs.delete", instance, gone=[instance])


def connect() -> None:
    """Register this package."""
    background.register(tasks.work_off)
    scopes.register(queries.email_scopes)
    for verb, (label, keys) in EVENTS.items():
        history.register(f"forms_ext.programs.{verb}", label, keys)
    row_states.watch(BatchRun)
    post_delete.connect(note_deletion, sender=Program, dispatch_uid="forms_ext.programs.note_deletion")
    for job in (actions.resume_runs, tasks.list_rebates, session_changes.tell_due):
        periodic.register(job)
