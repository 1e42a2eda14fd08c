"""What the staff's pages ask of the rooms about registrations and programs."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from cop_program.models import Program

from ..admission import queries
from ..billing import queries as ledger
from ..forms import plan
from ..forms.plan import Answer
from . import actions
from .models import GoRun, Registration


def answers(registration: Registration) -> list[Answer]:
    """Return the answers with their questions, as they were asked."""
    return plan.compile(registration.version).display(
        registration.answers, lambda key: reverse("cop_registration:file", args=[registration.pk, key])
    )


def standing(program: Program) -> queries.Standing:
    """Return how the seats of `program` stand."""
    return queries.standing(program)


def cancel(registration: Registration, *, by: Any, reason: str, refund: bool | None) -> None:
    """Cancel `registration`."""
    actions.cancel(registration=registration, by=by, reason=reason, refund=refund)


def new_member_address(registration: Registration, *, by: Any) -> None:
    """Raise the counter in the address of the member's page."""
    actions.renew_member_page(registration=registration, by=by)


def set_hold_end(registration: Registration, *, held_until: datetime, by: Any) -> None:
    """Set until when the seat is held."""
    actions.set_hold_end(registration=registration, held_until=held_until, by=by)


def retry_failed(run: GoRun, *, by: Any) -> int:
    """Let what failed in `run` be tried again; return how much."""
    return actions.retry_failed(run=run, by=by)


def confirm(program: Program, *, by: Any) -> None:
    """Confirm `program`."""
    actions.confirm_program(program=program, by=by)


def can_close(program: Program) -> bool:
    """Tell whether `program` is confirmed and over."""
    return program.status == Program.Status.CONFIRMED and ledger.today(program) > program.page.ends_on


def close(program: Program, *, by: Any) -> None:
    """Close `program`."""
    actions.close_program(program=program, by=by)


def call_off(program: Program, *, by: Any, reason: str) -> None:
    """Call `program` off."""
    actions.call_off_program(program=program, by=by, reason=reason)
