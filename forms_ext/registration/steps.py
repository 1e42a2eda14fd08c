"""What the pages of a program ask of the room."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from cop_program.clock import now
from cop_program.context import is_over
from cop_program.extensions import NextStep
from cop_program.models import Program, SessionPage

from ..admission import words
from ..applications.models import Application, ApplicationFormPage
from . import letters, queries

Status = Program.Status
TOLD_OF = ("join_link", "recording")


def next_step(program: Program, request: HttpRequest | None) -> NextStep | None:
    """Return what a reader of the program's page does now."""
    if program.status == Status.CALLED_OFF:
        return NextStep("", "", _("This program does not take place."))
    page, moment = program.page, now()
    if is_over(page):
        return NextStep("", "", _("This program is over."))
    closes_at = page.application_closes_at
    form = ApplicationFormPage.objects.child_of(page).live().first()
    if form is not None and closes_at is not None and moment < closes_at and program.status != Status.CLOSED:
        return NextStep(
            label=_("Apply"),
            url=form.get_url(request) or "",
            explanation=_("Apply first; we answer, and only accepted people register and pay."),
            closes_at=closes_at,
            is_open=True,
        )
    registration_closes_at = page.registration_closes_at
    if registration_closes_at is not None and moment < registration_closes_at and program.status != Status.CLOSED:
        return NextStep(
            label="",
            url="",
            explanation=_(
                "Applications are closed. "
                "If you are accepted, register by %(until)s with the personal link in your mail."
            )
            % {"until": words.until(registration_closes_at, words.zone_of(program))},
            closes_at=registration_closes_at,
        )
    return NextStep("", "", _("Applications and registration for this program are closed."))


def reasons_to_keep(pages: Sequence[Page]) -> list[str]:
    """Return, for an editor, why `pages` with all below them may not be deleted: people have applied there."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(page__path__startswith=page.path)
        below |= Q(pk__in=Program.objects.filter(page__path__in=_ancestors_with_forms(page)).values("pk"))
    reasons = []
    for program in Program.objects.filter(below).select_related("page"):
        count = Application.objects.filter(program=program).count()
        if count:
            reasons.append(
                ngettext(
                    "%(count)d person has applied for “%(program)s”.",
                    "%(count)d people have applied for “%(program)s”.",
                    count,
                )
                % {"count": count, "program": program.page.title}
            )
    return reasons


def _ancestors_with_forms(page: Page) -> list[str]:
    """Return the path above `page` where it is a form that people have answered."""
    from .models import RegistrationFormPage

    if issubclass(page.specific_class or Page, (ApplicationFormPage, RegistrationFormPage)):
        return [page.path[: -page.steplen]]
    return []


@transaction.atomic
def session_changed(program: Program, session_page_id: int, what: str) -> None:
    """Mail a new or changed join link or recording to the members; a recording may come after the program's end."""
    if what not in TOLD_OF or program.status == Status.CALLED_OFF:
        return
    session = SessionPage.objects.filter(pk=session_page_id).first()
    if session is None or not (session.recording_link if what == "recording" else session.join_link):
        return
    for registration in queries.members(program).select_related("program__page", "invitation__application"):
        letters.session_update(registration, session, what)
