"""What admission registers at start-up: email types, log entries, consistency checks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cop_program.models import Program
from cop_program.signals import program_published

from ..applications.emails import applicants
from ..base import history
from ..mail import previews
from . import consistency, emails, invitations, places  # noqa: F401  (consistency registers its checks)

LABELS = {
    "decide": _("Application decided"),
    "send_link_again": _("New invitation link sent"),
    "revoke_link": _("Invitation link revoked"),
}


def follow_page(sender: Any, *, program: Program, **kwargs: Any) -> None:
    """Bring places and links in line with the page that was just published."""
    program = Program.objects.select_related("page").get(pk=program.pk)
    if program.capacity is not None:
        places.set_capacity(program=program, capacity=program.capacity)
    invitations.follow_deadline(program)


def connect() -> None:
    """Register this package."""
    emails.register()
    previews.register(emails.TYPES.values(), applicants(emails.values_of))
    for verb, label in LABELS.items():
        history.register(f"forms_ext.admission.{verb}", label)
    program_published.connect(follow_page, dispatch_uid="forms_ext.admission.follow_page")
