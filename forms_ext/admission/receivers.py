"""What admission registers at start-up: email types, log entries, consistency checks."""

from typing import Any

from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _

from cop_program.models import Program
from cop_program.signals import program_published

from ..applications.emails import applicants
from ..base import events, history, row_states
from ..mail import previews
from . import consistency, emails, invitations, places  # noqa: F401  (consistency registers its checks)
from .models import Decision, Invitation, Place, QueueEntry

INVITATION = {"invitation": "key of the invitation"}
EVENTS = {
    "decide": (
        _("Application decided"),
        {"decision": "key of the decision", "from_state": "status before", "to_state": "status after"},
    ),
    "send_link_again": (_("New invitation link sent"), INVITATION),
    "revoke_link": (_("Invitation link revoked"), INVITATION),
    "follow_deadline": (_("Invitation links follow the registration deadline"), {"links": "how many links"}),
    "set_places": (_("Number of places set"), {"places": "how many places there are"}),
    "drop_place": (_("Place deleted with its program"), {}),
}


def follow_page(sender: Any, *, program: Program, **kwargs: Any) -> None:
    """Bring places and links in line with the page that was just published."""
    program = Program.objects.select_related("page").get(pk=program.pk)
    if program.capacity is not None:
        places.set_capacity(program=program, capacity=program.capacity)
    invitations.follow_deadline(program)


def drop_place(sender: Any, instance: Place, **kwargs: Any) -> None:
    """Note that a place is gone with its program."""
    events.append("forms_ext.admission.drop_place", instance, gone=[instance])


def connect() -> None:
    """Register this package."""
    emails.register()
    previews.register(emails.TYPES.values(), applicants(emails.values_of))
    for verb, (label, keys) in EVENTS.items():
        history.register(f"forms_ext.admission.{verb}", label, keys)
    for model in (Decision, Invitation, Place, QueueEntry):
        row_states.watch(model)
    row_states.watch(
        Program,
        "status",
        "status_changed_at",
        "capacity",
        "takes_applications",
        "transfer_days",
        is_made_by_events=False,
    )
    post_delete.connect(drop_place, sender=Place, dispatch_uid="forms_ext.admission.drop_place")
    program_published.connect(follow_page, dispatch_uid="forms_ext.admission.follow_page")
