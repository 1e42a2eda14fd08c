"""The list of answers to forms that belong to no program."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.ui.tables import Column
from wagtail.models import Page

from cop_program.formatting import shown_moment
from cop_program.keys import key

from ...base.admin.listing import ActionColumn, CountedFilter, CountedFilterSet, Listing, ListingAdmin, NextAction
from ..models import Submission


def of_pages(values: list[Any]) -> dict[Any, str]:
    """Return the titles of pages by their pk: one query."""
    return dict(Page.objects.filter(pk__in=values).values_list("pk", "title"))


class SubmissionFilters(CountedFilterSet):
    """Filters with counts."""

    page = CountedFilter(field_name="page_id", label=gettext_lazy("Form"), labels=of_pages, parse=key)
    submitted_at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Sent"), widget=DateRangePickerWidget)

    class Meta:
        model = Submission
        fields = ["page", "submitted_at"]


class SubmissionListing(Listing):
    """All form answers, the newest first."""

    filterset_class = SubmissionFilters
    search_fields = ["search_text"]
    default_ordering = ["-submitted_at", "-pk"]
    empty_message = gettext_lazy(
        "Answers sent through form pages will appear here. Applications and registrations have their own lists."
    )

    def get_base_queryset(self) -> QuerySet[Submission]:
        return Submission.objects.select_related("page").defer("answers", "words", "search_text")

    def get_columns(self) -> list[Column]:
        return [
            self.name_column("title", label=_("From"), sort_key="title", below=lambda row: row.reference),
            Column("page", label=_("Form"), accessor=lambda row: row.page.title, classname="cop-wide"),
            ActionColumn(
                "step",
                label=_("Next step"),
                accessor=lambda row: NextAction(_("View"), self.get_detail_url(row) or ""),
            ),
            Column(
                "submitted_at",
                label=_("Sent"),
                accessor=lambda row: shown_moment(row.submitted_at),
                sort_key="submitted_at",
                classname="cop-date",
            ),
        ]


class SubmissionAdmin(ListingAdmin):
    """The menu entry for form answers."""

    model = Submission
    base_url_path = "cop/submissions"
    index_view_class = SubmissionListing
    assignable = ("delete_submission",)
    detail_url_name = "cop_submissions:submission"
    menu_label = gettext_lazy("Form answers")
    menu_icon = "clipboard-list"
    menu_order = 180


submissions = SubmissionAdmin()
