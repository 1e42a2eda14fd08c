"""What a registered person does on the private page without us: leave, or say that the transfer is on its way."""

from django.db import transaction
from django.utils.translation import gettext as _

from cop_program.clock import now

from ..base import history
from ..base.errors import ActionRefused
from ..base.references import reference_to
from ..mail import queries as mail_queries
from . import actions, holds, queries
from .emails import sending
from .lifecycle import check_not_cancelled
from .models import Registration


@transaction.atomic
def leave(*, registration: Registration) -> Registration:
    """Cancel a registration at the wish of its holder, as the policy says: a member's, a hold or a place in the queue.

    Raise ActionRefused if the person has to ask us (`queries.may_leave`), or the registration has ended.
    """
    registration = queries.locked(registration)
    if not queries.may_leave(registration):
        raise ActionRefused(_("You cannot cancel here any more. Reply to one of our emails, and we will help you."))
    return actions.cancel(registration=registration, by=None, reason=_("By the person, on the private page."))


def what_leaving_means(registration: Registration) -> str:
    """Return what the email says of the money if the person leaves now: it is done, read and undone.

    Raise ActionRefused as `leave` does.
    """
    with transaction.atomic():
        leave(registration=registration)
        said = mail_queries.last_fields("cancelled", reference_to(registration)).get("money", "")
        transaction.set_rollback(True)
    return said


@transaction.atomic
def announce_transfer(*, registration: Registration) -> Registration:
    """Hold a place for longer, once, because its holder says that the transfer is on its way; confirm it by email.

    Raise ActionRefused if no place is held, the person has said so before, or staff allow no more days.
    """
    registration = queries.locked(registration)
    check_not_cancelled(registration.program)
    until = queries.transfer_end(registration)
    if until is None:
        raise ActionRefused(_("We cannot hold the place for longer. Reply to one of our emails, and we will help you."))
    place = holds.hold_until(registration, until, by=None)
    registration.transfer_announced_at = now()
    registration.save(update_fields=["transfer_announced_at"])
    history.record(
        registration, "forms_ext.registration.announce_transfer", changed={registration: ("transfer_announced_at",)}
    )
    sending.hold_moved(registration, place, "")
    return registration
