"""The number of places of a program: state of its row, no content of its page, changed by one action."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .clock import now
from .extensions import provider
from .models.program import Program, was_public

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from wagtail.models import Page

LEAST, MOST = 1, 500
ACTION = "cop_program.set_places"


def may_set(user: Any, page: "Page") -> bool:
    """Tell whether `user` may set the number on `page`: who may publish it or, if it never was public, edit it."""
    allowed = page.permissions_for_user(user)
    return bool(allowed.can_publish() if was_public(page) else allowed.can_edit())


def check(program: Program | None, number: int) -> None:
    """Raise ValidationError if `program`, None where it has no row yet, cannot have `number` places."""
    if not LEAST <= number <= MOST:
        raise ValidationError(_("Enter a number from {least} to {most}.").format(least=LEAST, most=MOST))
    found = provider().places(program) if program else None
    in_use = found.taken + found.held if found else 0
    if number < in_use:
        raise ValidationError(_("Enter {n} or more. {n} places are taken or held.").format(n=in_use))


@transaction.atomic
def set_number(
    *, program: Program, number: int, by: "AbstractBaseUser | None" = None, offer_until: datetime | None = None
) -> bool:
    """Give `program` that `number` of places; return whether it is another one than before.

    Places that are added go at once to the first in the queue, held until `offer_until` or for the usual days. Without
    `by`, the audit log names the user of the request. Raise ValidationError if the number is out of bounds or below the
    places taken or held.
    """
    locked = Program.locked(program.pk)
    check(locked, number)
    before, locked.capacity = locked.capacity, number
    if number != before:
        locked.save(update_fields=["capacity"])
        if provider().places_changed(locked, offer_until) > number:  # taken since they were counted
            check(locked, number)
            raise ValidationError(_("Someone has just taken a place. Try again."))
        log(locked, ACTION, user=by, data={"before": before, "number": number}, timestamp=now())
    program.capacity = number
    return number != before
