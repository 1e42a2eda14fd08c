"""What pages ask about applications."""

from collections.abc import Sequence

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import Page

from cop_program.clock import now
from cop_program.extensions import NextStep
from cop_program.models import Program

from ..forms.models import Submission
from .models import ApplicationFormPage

ENDED = {
    Program.Status.CALLED_OFF: gettext_lazy("This program was called off."),
    Program.Status.CLOSED: gettext_lazy("This program is over."),
    Program.Status.CONFIRMED: gettext_lazy("This program takes place. Applications are closed."),
}


def next_step(program: Program, request: HttpRequest | None) -> NextStep | None:
    """Return what a reader of the program's page does now: apply, until the deadline."""
    page = ApplicationFormPage.objects.child_of(program.page).live().first()
    closes_at = program.page.application_closes_at
    if program.status in ENDED:
        return NextStep("", "", ENDED[Program.Status(program.status)], closes_at)
    if closes_at and now() >= closes_at:
        return NextStep("", "", _("Applications are closed."), closes_at)
    if page is None:
        return NextStep("", "", _("Applications are not open yet."), closes_at)
    explanation = _("Apply first; we answer by mail, and only then you register.")
    return NextStep(_("Apply"), page.get_url(request) or "", explanation, closes_at, is_open=True)


def reasons_to_keep(pages: Sequence[Page]) -> list[str]:
    """Return, in words, which of `pages` (with all below them) people have applied or written through."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(path__startswith=page.path)
    inside = Page.objects.filter(below)
    programs = Program.objects.filter(page__in=inside.values("pk")).annotate(number=Count("applications"))
    reasons = [
        ngettext(
            "%(number)d person has applied to “%(title)s”. Unpublish the page instead.",
            "%(number)d people have applied to “%(title)s”. Unpublish the page instead.",
            program.number,
        )
        % {"number": program.number, "title": program.page.title}
        for program in programs.filter(number__gt=0).select_related("page")
    ]
    forms = ApplicationFormPage.objects.filter(pk__in=inside.values("pk"))
    for form in forms:
        program = form.program
        if program and program.page.pk not in {p.page_id for p in programs} and program.applications.exists():
            reasons.append(_("People have applied through “%(title)s”. Unpublish it instead.") % {"title": form.title})
    if Submission.objects.filter(page__in=inside.values("pk")).exists():
        reasons.append(_("People have sent a form of these pages. Unpublish them instead."))
    return reasons
