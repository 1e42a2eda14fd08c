"""Reads of `applications`."""

from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from cop_program import locales
from cop_program.clock import now
from cop_program.models import Program

from .models import Application

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

State = Application.State


class Repeats(TypedDict):
    """What `with_repeats` adds to an application."""

    is_repeat: bool


def locked(application_id: int) -> Application:
    """Return the application, read anew and locked until the transaction ends, so that nobody decides it meanwhile.

    Raise Application.DoesNotExist if there is none.
    """
    applications = Application.objects.select_for_update(of=("self",))
    return applications.select_related("program__page").get(pk=application_id)


def of_address(email: str) -> QuerySet[Application]:
    """Return the applications from the address `email`, to all programs, the newest first; case does not matter."""
    found = Application.objects.alias(address=Lower("email")).filter(address=Lower(Value(email)))
    return found.order_by("-pk")


def with_repeats(applications: QuerySet[Application]) -> "QuerySet[WithAnnotations[Application, Repeats]]":
    """Mark in `is_repeat` the applications whose address had applied to the same program before."""
    earlier = Application.objects.filter(program=OuterRef("program"), pk__lt=OuterRef("pk"))
    same = earlier.alias(address=Lower("email")).filter(address=Lower(OuterRef("email")))
    return applications.annotate(is_repeat=Exists(same))


def earlier_open(application: Application) -> Application | None:
    """Return the newest earlier application of the address to the program that is not declined or withdrawn."""
    found = of_address(application.email).filter(program=application.program_id, pk__lt=application.pk)
    return found.exclude(state__in=[State.DECLINED, State.WITHDRAWN]).first()


def why_closed(program: Program) -> str:
    """Return in a sentence why people cannot apply to `program` now; '' if they can."""
    if program.status == Program.Status.CALLED_OFF:
        return _("The program is cancelled.")
    if program.status == Program.Status.CLOSED:
        return _("The program is over.")
    if program.status == Program.Status.CONFIRMED:
        return _("The program is confirmed, so applications are closed.")
    if not program.was_public:
        return _("The program is not published.")
    deadline = program.page.deadline("application")
    if deadline and deadline.is_past(now()):
        return _("Applications were open %(deadline)s.") % {"deadline": deadline.sentence(locales.language())}
    return ""
