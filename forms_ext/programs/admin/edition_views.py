"""The pages on which an editor creates a new edition and sees what to check."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from cop_program import formatting
from cop_program.clock import now
from cop_program.deadlines import KINDS
from cop_program.editions import newest
from cop_program.models import Program, ProgramPage

from ...base.admin.forms import day_input
from ...base.admin.views import StaffActionView, StaffView
from .. import editions

FARTHEST = timedelta(days=3660)


def may_copy(user: Any, page: ProgramPage) -> bool:
    """Tell whether `user` may copy `page` with all pages below it to the same parent."""
    return bool(page.permissions_for_user(user).can_copy_to(page.get_parent(), recursive=True))


class EditionForm(forms.Form):
    """The start date and title of the new edition."""

    first_day = forms.DateField(
        label=gettext_lazy("New start"),
        widget=day_input(),
        help_text=gettext_lazy("The first session moves to its weekday on or after this day; all else follows it."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=255,
        help_text=gettext_lazy("You can change it later, together with the slug that stands in the address."),
    )

    def clean_first_day(self) -> Any:
        day = self.cleaned_data["first_day"]
        if abs(day - now().date()) > FARTHEST:
            raise forms.ValidationError(_("Enter a day within ten years."))
        return day


class OfPage(StaffView):
    """What the pages of one program page share: access follows the permissions for the page."""

    page: ProgramPage
    header_icon = "copy"

    def load(self) -> None:
        self.page = get_object_or_404(ProgramPage, pk=self.kwargs["page"])
        if not self.is_allowed():
            raise PermissionDenied

    def has_access(self) -> bool:
        """Leave the decision to `load`, which knows the page."""
        return True

    def is_allowed(self) -> bool:
        """Tell whether the reader may do this with the page."""
        raise NotImplementedError

    def get_back(self) -> Sequence[tuple[str, str | Promise]]:
        above = self.page.get_parent()
        return [(reverse("wagtailadmin_explore", args=[one.pk]), one.title) for one in (above, self.page)]


class NewEditionView(OfPage, StaffActionView):
    """Copy a whole program to a new start date."""

    page_title = gettext_lazy("New edition")
    submit_label = gettext_lazy("Make the new edition")
    form_class = EditionForm
    made: ProgramPage | None = None

    def load(self) -> None:
        """Fetch the program; for a translation, use the page with its dates."""
        found = get_object_or_404(ProgramPage, pk=self.kwargs["page"])
        self.program = get_object_or_404(Program.objects.select_related("page"), translation_key=found.translation_key)
        self.page = self.program.page
        if not self.is_allowed():
            raise PermissionDenied

    def is_allowed(self) -> bool:
        return may_copy(self.request.user, self.page)

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.page.title}

    def effects(self) -> Sequence[str]:
        said = [
            _("Copies the program page, its sessions, its forms and its own mail texts; all pages are drafts."),
            _(
                "Every session keeps its weekday and its time of day in the home zone, also where the clocks change; "
                "sessions and deadlines move by the same whole weeks."
            ),
            _("Join links, recordings, applications, registrations and accounts do not come along."),
            _("Holidays are yours to check. What else to look at is listed afterwards."),
        ]
        if self.page.get_translations().exists():
            said.append(_("The translations do not come along: translate the new edition when it is ready."))
        if self.page.view_restrictions.exists():
            said.append(_("Its privacy does not come along: set it again before you publish."))
        return said

    def get_success_url(self) -> str:
        if self.made is None:
            return reverse("wagtailadmin_explore", args=[self.page.pk])
        return reverse("cop_programs:to_look_at", args=[self.made.pk])

    def perform(self, values: dict[str, Any]) -> str:
        by: Any = self.request.user
        edition = editions.new_edition(
            program=self.program, first_day=values["first_day"], title=values["title"], by=by
        )
        self.made = edition.program.page
        for session in edition.off_the_clock:
            told = _("The clocks change at the time of “%(title)s” on its new day: look at its times.")
            messages.warning(self.request, told % {"title": session.title})
        return _("The new edition is there, as drafts.")


class ToLookAtView(OfPage, StaffView):
    """What to look at before a new edition is published."""

    template_name = "forms_ext/programs/admin/edition.html"
    page_title = gettext_lazy("What to look at")
    header_icon = "glasses"

    def is_allowed(self) -> bool:
        return bool(self.page.permissions_for_user(self.request.user).can_edit())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.page.get_latest_revision_as_object()
        zone = formatting.generic_name(draft.home_zone, get_language() or "en")
        return super().get_context_data(**kwargs) | {
            "program_page": draft,
            "remarks": editions.to_look_at(draft),
            "sessions": sorted((newest(one) for one in self.page.sessions()), key=lambda one: one.starts_at),
            "zone": f"{zone} ({draft.home_zone.replace('_', ' ')})",
            "deadlines": [
                (draft._meta.get_field(f"{kind}_deadline").verbose_name, deadline.day)
                for kind in KINDS
                if (deadline := draft.deadline(kind))
            ],
            "is_live": self.page.live,
        }


def is_program_page(page: Page) -> bool:
    """Tell whether `page` is a program page, without a query."""
    return issubclass(page.specific_class or type(page), ProgramPage)
