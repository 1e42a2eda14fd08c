"""The pages on which an editor creates a new edition and sees what to check."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.models import Page

from cop_program import formatting, locales
from cop_program.clock import now
from cop_program.deadlines import KINDS
from cop_program.editions import newest
from cop_program.models import Program, ProgramPage, SessionPage

from ...base.admin.forms import day_input
from ...base.admin.views import StaffActionView, StaffView
from ...base.fields import TextField
from .. import editions

FARTHEST = timedelta(days=3660)


def may_copy(user: Any, page: ProgramPage) -> bool:
    """Tell whether `user` may copy `page` with all pages below it to the same parent."""
    return bool(page.permissions_for_user(user).can_copy_to(page.get_parent(), recursive=True))


class EditionForm(forms.Form):
    """The start date and title of the new edition."""

    first_day = forms.DateField(
        label=gettext_lazy("Start date"),
        widget=day_input(),
        help_text=gettext_lazy(
            "The first session moves to the same weekday on or after this day. All other dates move with it."
        ),
    )
    title = TextField(
        label=gettext_lazy("Title"),
        max_length=255,
        help_text=gettext_lazy("You can change it later, together with the slug in the URL."),
    )

    def clean_first_day(self) -> Any:
        day = self.cleaned_data["first_day"]
        if abs(day - now().date()) > FARTHEST:
            raise forms.ValidationError(_("Enter a day no more than ten years from now."))
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
    submit_label = gettext_lazy("Create new edition")
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
            _("Copies the program page, its sessions, its forms and its own email texts. All pages are drafts."),
            _(
                "Every session keeps its weekday and its time of day in the home time zone, even if the clocks "
                "change. Sessions and deadlines move by the same number of weeks."
            ),
            _("Cancelled sessions, join links, recordings, applications, registrations and accounts are not copied."),
            _("Check for holidays yourself. Afterwards you get a list of what else to check."),
        ]
        if self.page.get_translations().exists():
            said.append(_("Translations are not copied. Translate the new edition when it is ready."))
        if self.page.view_restrictions.exists():
            said.append(_("Privacy settings are not copied. Set them again before you publish."))
        return said

    def get_success_url(self) -> str:
        if self.made is None:
            return reverse("wagtailadmin_explore", args=[self.page.pk])
        return reverse("cop_programs:checklist", args=[self.made.pk])

    def perform(self, values: dict[str, Any]) -> str:
        by: Any = self.request.user
        edition = editions.new_edition(
            program=self.program, first_day=values["first_day"], title=values["title"], by=by
        )
        self.made = edition.program.page
        for session in edition.off_the_clock:
            told = _("A clock change removes the time of “%(title)s” on its new day. Check its times.")
            messages.warning(self.request, told % {"title": session.title})
        return _("New edition created. All its pages are drafts.")


class ChecklistView(OfPage, StaffView):
    """What to look at before a new edition is published."""

    template_name = "forms_ext/programs/admin/edition.html"
    page_title = gettext_lazy("What to check")
    header_icon = "glasses"

    def is_allowed(self) -> bool:
        return bool(self.page.permissions_for_user(self.request.user).can_edit())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.page.get_latest_revision_as_object()
        home_zone = draft.home_zone or "UTC"
        zone = formatting.generic_name(home_zone, locales.language())
        return super().get_context_data(**kwargs) | {
            "program_page": draft,
            "findings": editions.checklist(draft),
            "sessions": sorted((newest(one) for one in self.page.sessions()), key=_starts_at),
            "zone": f"{zone} ({home_zone.replace('_', ' ')})",
            "deadlines": [
                (draft._meta.get_field(f"{kind}_deadline").verbose_name, deadline.day)
                for kind in KINDS
                if (deadline := draft.deadline(kind))
            ],
            "is_live": self.page.live,
        }


def _starts_at(session: SessionPage) -> datetime:
    """Return when `session` starts; a draft without a time comes last."""
    return session.starts_at or datetime.max.replace(tzinfo=UTC)


def is_program_page(page: Page) -> bool:
    """Tell whether `page` is a program page, without a query."""
    return issubclass(page.specific_class or type(page), ProgramPage)
