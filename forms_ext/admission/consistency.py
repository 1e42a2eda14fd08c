"""Consistency checks of `admission` over the whole database."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from cop_program.models import Program

from ..applications.models import Application
from ..base import consistency
from ..ledger import queries as ledger_queries
from .models import Decision, Invitation, Place, QueueEntry

State = Application.State
RUNNING = [Program.Status.OPEN, Program.Status.CONFIRMED]


@consistency.check("admission.places")
def places_fit_capacity() -> Iterator[str]:
    """Check that each program has the places that its row says, or as many as are taken if that is more."""
    programs = Program.objects.select_related("page").annotate(
        rows=Count("places"), used=Count("places", filter=Q(places__invitation__isnull=False))
    )
    for program in programs:
        number = program.capacity or 0
        wanted = max(number, program.used)
        if program.page.live and program.rows != wanted:
            yield f"Program {program.pk}: {program.rows} places exist, but there must be {wanted}."
        if program.used > number:
            yield f"Program {program.pk}: {program.used} places are taken, but it has only {number}."
    for place in Place.objects.filter(invitation__isnull=False).exclude(program=F("invitation__application__program")):
        yield f"Place {place.pk} of program {place.program_id} is held by someone from another program."


@consistency.check("admission.links")
def links_fit_applications() -> Iterator[str]:
    """Only accepted applications have a live link; each accepted one has a link, ended, or is registered."""
    live = Invitation.objects.filter(revoked_at__isnull=True)
    for invitation in live.exclude(application__state=State.ACCEPTED).select_related("application"):
        yield f"{invitation.application}: has a valid invitation link, but is {invitation.application.state}."
    any_link = Invitation.objects.filter(application=OuterRef("pk"))
    linkless = Application.objects.filter(state=State.ACCEPTED).filter(~Exists(any_link))
    for application in linkless:
        yield f"{application}: is accepted, but never had an invitation link."
    used = Invitation.objects.filter(used_at__isnull=False, revoked_at__isnull=False).select_related("application")
    for invitation in used:
        yield f"{invitation.application}: its invitation link was both used and revoked."


@consistency.check("admission.decisions")
def decisions_fit_applications() -> Iterator[str]:
    """Each decision has its email; the last one set the status of its application."""
    for decision in Decision.objects.filter(mail__isnull=True).select_related("application"):
        yield f"{decision.application}: the decision {decision.to_state} has no email."
    for application in Application.objects.prefetch_related("decisions").iterator(chunk_size=500):
        state: str = State.SUBMITTED
        for decision in sorted(application.decisions.all(), key=lambda decision: decision.pk):
            if decision.from_state != state:
                yield f"{application}: was {state}, but the next decision starts from {decision.from_state}."
            state = decision.to_state
        if state != application.state:
            yield f"{application}: is {application.state}, but its decisions lead to {state}."


@consistency.check("admission.queue")
def queue_is_in_line() -> Iterator[str]:
    """Nobody is in the queue while a place is free, and nobody in the queue has a place."""
    open_entries = QueueEntry.objects.waiting()
    free = Place.objects.filter(program=OuterRef("pk"), invitation__isnull=True)
    waiting = open_entries.filter(program=OuterRef("pk"))
    programs = Program.objects.filter(Exists(free), Exists(waiting), status__in=RUNNING).select_related("page")
    for program in programs:
        if ledger_queries.today(program) < program.page.starts_on:
            yield f"Program {program.pk}: people are in the queue although a place is free."
    for entry in open_entries.filter(invitation__place__isnull=False):
        yield f"Queue of program {entry.program_id}: entry {entry.pk} has a place, but is still in the queue."
