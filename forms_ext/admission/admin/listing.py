"""The list of applications in Wagtail's admin."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from cop_program.formatting import shown_day

from ...applications import queries
from ...applications.admin.listing import PeopleFilterSet
from ...applications.models import Application
from ...base.admin.listing import ActionColumn, CountedFilter, Listing, ListingAdmin, NextAction, StateColumn

State = Application.State


def repeat_labels(values: list[Any]) -> dict[Any, str]:
    """Return the label of the filter for those who had applied before."""
    return {True: _("Same address has applied before")}


def marked(application: Any) -> str:
    """Return the mark of an application whose address had applied to the program before."""
    return f" · {_('applied before')}" if application.is_repeat else ""


class ApplicationFilters(PeopleFilterSet):
    """Filters with counts."""

    is_repeat = CountedFilter(label=gettext_lazy("Address"), labels=repeat_labels, parse=lambda raw: raw == "True")

    class Meta:
        model = Application
        fields = ["state", "program", "country"]


class ApplicationListing(Listing):
    """All applications, the newest first."""

    filterset_class = ApplicationFilters
    search_fields = ["search_text"]
    default_ordering = ["-submitted_at", "-pk"]
    empty_message = gettext_lazy(
        "Applications will appear here once someone applies. Publish the application form below a program's page, or "
        "add an application for someone who emailed us."
    )

    def get_base_queryset(self) -> QuerySet[Application]:
        rows = Application.objects.select_related("program__page").defer("answers")
        return queries.with_repeats(rows)

    @cached_property
    def may_decide(self) -> bool:
        """Tell whether the reader may decide, or only read."""
        return self.allows("decide")

    def awaits_decision(self, application: Application) -> bool:
        """Tell whether someone has to decide on `application`."""
        return application.state == State.SUBMITTED and not application.is_closed

    def next_step(self, application: Application) -> NextAction:
        """Return what to do with `application` now."""
        waits = self.awaits_decision(application) and self.may_decide
        return NextAction(_("Decide") if waits else _("View"), self.get_detail_url(application) or "", primary=waits)

    def get_detail_url(self, instance: Any) -> str | None:
        url = super().get_detail_url(instance)
        query = self.asked()
        return f"{url}?{query}" if query else url

    def get_columns(self) -> list[Column]:
        return [
            self.name_column(
                "name",
                label=_("Name"),
                sort_key="name",
                below=lambda row: f"{row.organization or row.reference}{marked(row)}",
            ),
            StateColumn(
                "state",
                label=_("Status"),
                accessor=lambda row: row.status_text,
                primary=self.awaits_decision,
                sort_key="state",
                classname="cop-state",
            ),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            Column("program", label=_("Program"), accessor=lambda row: row.program.page.title, classname="cop-wide"),
            Column("country", label=_("Country"), accessor=lambda row: row.country.name, classname="cop-wide"),
            Column(
                "submitted_at",
                label=_("Sent"),
                accessor=lambda row: shown_day(row.submitted_at),
                sort_key="submitted_at",
                classname="cop-date",
            ),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_decide:
            return []
        return [
            HeaderButton(
                _("Add application"),
                url=reverse("cop_admission:enter"),
                icon_name="plus",
                attrs={"title": _("Add an application for someone who emailed us")},
            )
        ]


class ApplicationAdmin(ListingAdmin):
    """The menu entry for applications."""

    model = Application
    base_url_path = "cop/applications"
    index_view_class = ApplicationListing
    list_permission = "review"
    bulk_permission = "decide"
    assignable = ("decide_application",)
    detail_url_name = "cop_admission:person"
    menu_icon = "form"
    menu_order = 150


applications = ApplicationAdmin()
