"""What `cop_program` asks about a program: its next step, its standing, and why its pages must be kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from cop_program.access import unrestricted
from cop_program.api import paths
from cop_program.clock import now
from cop_program.extensions import NextStep, Places, Standing
from cop_program.models import Program, ProgramPage
from cop_program.presentation.context import is_over
from cop_program.translations import localized

from ..admission.models import Place, QueueEntry
from ..applications.models import Application
from ..applications.pages import ApplicationFormPage
from ..base import dates
from ..registration.pages import RegistrationFormPage

Status = Program.Status


def next_step(program: Program, request: HttpRequest | None) -> NextStep | None:
    """Return what a reader of the program's page does now."""
    form = ApplicationFormPage.objects.child_of(program.page).live().first()
    (form,) = localized([form], request=request) if form else (None,)
    return _next_step(program.page, program.status, (form.get_url(request) or "") if form else None)


def _next_step(page: ProgramPage, status: str, form_url: str | None) -> NextStep:
    """Return what a reader does now; `form_url` is None if no application form is published."""
    if status == Status.CALLED_OFF:
        return NextStep("", "", _("This program is cancelled."))
    if is_over(page):
        return NextStep("", "", _("This program is over."))
    moment = now()
    closes_at = page.application_closes_at
    if form_url is not None and closes_at is not None and moment < closes_at and status != Status.CLOSED:
        return NextStep(
            label=_("Apply"),
            url=form_url,
            explanation=_("Apply first. If we accept you, you can register and pay."),
            closes_at=closes_at,
            is_open=True,
        )
    registration_closes_at = page.registration_closes_at
    if registration_closes_at is not None and moment < registration_closes_at and status != Status.CLOSED:
        return NextStep(
            label="",
            url="",
            explanation=_(
                "Applications are closed. "
                "If you have been accepted, register by %(until)s with the invitation link in your email."
            )
            % {"until": dates.until(registration_closes_at, page.registration_deadline_zone or page.home_zone)},
            closes_at=registration_closes_at,
        )
    return NextStep("", "", _("Applications and registration for this program are closed."))


def annotations() -> dict[str, Any]:
    """Return what `standing` reads, as expressions over rows of `ProgramPage`; no restricted form has an API."""
    mine = Q(program__translation_key=OuterRef("translation_key"))
    last = Concat(OuterRef("path"), Value("Z" * Page.steplen))
    below = Q(live=True, path__gt=OuterRef("path"), path__lte=last, depth=OuterRef("depth") + 1)
    form = ApplicationFormPage.objects.filter(below)
    itself = Coalesce("alias_of", "pk")  # an alias leads to its source
    return {
        "capacity": _count(Place.objects.filter(mine)),
        "taken": _count(Place.objects.filter(mine, kept_at__isnull=False)),
        "held": _count(Place.objects.filter(mine, held_until__isnull=False)),
        "waiting": _count(QueueEntry.objects.waiting().filter(mine)),
        "registration_form": Subquery(
            RegistrationFormPage.objects.filter(below, unrestricted()).values_list(itself)[:1]
        ),
        "form": Subquery(form.filter(unrestricted()).values_list(itself)[:1]),
        "form_path": Subquery(form.values("url_path")[:1]),
    }


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _form_api(form: int | None) -> str:
    return paths.api_path("cop_form", form) if form else ""


def standing(page: ProgramPage, status: str, values: Mapping[str, Any], address: Callable[[str], str]) -> Standing:
    """Return the figures of a program from the values of `annotations`; no query."""
    form, path = values["form"], values["form_path"]
    return Standing(
        places=Places(*(values[name] for name in ("capacity", "taken", "held", "waiting"))),
        next_step=_next_step(page, status, address(path) if path else None),
        application_api_url=_form_api(form),
        registration_api_url=_form_api(values["registration_form"]),
    )


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
    """Return the path above `page` if it is a form that people have answered."""
    if issubclass(page.specific_class or Page, (ApplicationFormPage, RegistrationFormPage)):
        return [page.path[: -page.steplen]]
    return []
