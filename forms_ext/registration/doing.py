"""What the staff's pages ask of the rooms about registrations and programs."""

from django.urls import reverse

from cop_program.context import is_over
from cop_program.models import Program

from ..forms import plan
from ..forms.plan import Answer
from .models import Registration


def answers(registration: Registration) -> list[Answer]:
    """Return the answers with their questions, as they were asked."""
    return plan.compile(registration.version).display(
        registration.answers, lambda key: reverse("cop_registration:file", args=[registration.pk, key])
    )


def can_close(program: Program) -> bool:
    """Tell whether `program` is confirmed and over."""
    return program.status == Program.Status.CONFIRMED and is_over(program.page)
