"""What `cop_program` asks about a program: its next step, its standing, and why its pages must be kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from cop_program import intake, locales
from cop_program.access import unrestricted
from cop_program.api import paths
from cop_program.clock import now
from cop_program.extensions import NextStep, Places, Standing
from cop_program.intake import Intake, Why
from cop_program.models import Program, ProgramPage
from cop_program.translations import localized

from ..admission.models import Place, QueueEntry
from ..applications.models import Application
from ..applications.pages import ApplicationFormPage
from ..registration.pages import RegistrationFormPage
from . import queries

Status = Program.Status
#: Why nobody can apply although people who were accepted can still register.
REGISTER_ONLY = frozenset({Why.DEADLINE, Why.STOPPED, Why.FULL})


def next_step(program: Program, request: HttpRequest | None) -> NextStep | None:
    """Return what a reader of the program's page does now."""
    form = queries.application_form(program)
    (form,) = localized([form], request=request) if form else (None,)
    found = intake.of_program(program, has_form=form is not None)
    return _next_step(program.page, found, (form.get_url(request) or "") if form else "")


def _next_step(page: ProgramPage, found: Intake, form_url: str) -> NextStep:
    """Return what a reader does now; `form_url` is '' if no application form is published."""
    if found.is_open:
        return NextStep(_("Apply"), form_url, found.sentence, found.closes_at, is_open=True, reason=found.why)
    deadline = page.deadline("registration")
    if found.why not in REGISTER_ONLY or deadline is None or deadline.is_past(now()):
        return NextStep("", "", found.sentence, reason=found.why)
    accepted = _("If you have been accepted, register by %(until)s with the invitation link in your email.")
    said = f"{found.sentence} {accepted % {'until': deadline.end_text(locales.language())}}"
    return NextStep("", "", said, deadline.closes_at, reason=found.why)


def annotations() -> dict[str, Any]:
    """Return what `standing` reads, as expressions over rows of `ProgramPage`; no restricted form has an API."""
    mine = Q(program__translation_key=OuterRef("translation_key"))
    last = Concat(OuterRef("path"), Value("Z" * Page.steplen))
    below = Q(live=True, path__gt=OuterRef("path"), path__lte=last, depth=OuterRef("depth") + 1)
    form = ApplicationFormPage.objects.filter(below)
    program = Program.objects.filter(translation_key=OuterRef("translation_key"))
    itself = Coalesce("alias_of", "pk")  # an alias leads to its source
    return {
        "capacity": _count(Place.objects.filter(mine)),
        "taken": _count(Place.objects.filter(mine, kept_at__isnull=False)),
        "held": _count(Place.objects.filter(mine, held_until__isnull=False)),
        "waiting": _count(QueueEntry.objects.waiting().filter(mine)),
        "registration_form": Subquery(
            RegistrationFormPage.objects.filter(below, unrestricted()).values_list(itself)[:1]
        ),
        "takes_applications": Subquery(program.values("takes_applications")[:1]),
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
    places = Places(*(values[name] for name in ("capacity", "taken", "held", "waiting")))
    facts = intake.Facts(status, bool(values["takes_applications"]), has_form=bool(path), places=places)
    return Standing(
        places=places,
        next_step=_next_step(page, intake.intake(page, facts), address(path) if path else ""),
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
