"""The list of registrations: members, holds, the queue."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from cop_program.formatting import shown_day

from ...applications.admin.listing import PeopleFilterSet
from ...base import dates
from ...base.admin.listing import ActionColumn, Listing, ListingAdmin, NextAction, StateColumn
from ...base.permissions import may
from ...ledger.models import Account
from ..models import Registration

State = Registration.State


def deposit_url(registration: Registration, *, back: str) -> str:
    """Return the URL that records the deposit of `registration`, which the page itself offers."""
    return f"{reverse('cop_billing:pay', args=[registration.account_id])}?{urlencode({'next': back})}"


def held_until(registration: Registration) -> datetime | None:
    """Return when the hold of `registration` expires."""
    place = getattr(registration.invitation, "place", None)
    return place.held_until if place else None


class RegistrationFilters(PeopleFilterSet):
    """Filters with counts."""

    class Meta:
        model = Registration
        fields = ["state", "program", "country"]


class RegistrationListing(Listing):
    """All registrations, the newest first."""

    filterset_class = RegistrationFilters
    search_fields = ["search_text", "account__search_text"]
    default_ordering = ["-submitted_at", "-pk"]
    empty_message = gettext_lazy("Registrations will appear here once accepted people register with their link.")

    def get_base_queryset(self) -> QuerySet[Registration]:
        return Registration.objects.select_related("program__page", "invitation__place").defer("answers", "policy")

    def next_step(self, registration: Registration) -> NextAction:
        """Return what to do with `registration` now."""
        if registration.state == State.HELD and registration.account_id and self.may_bill:
            url = deposit_url(registration, back=self.index_url or "")
            return NextAction(_("Record deposit"), url, primary=True)
        return NextAction(_("Open"), self.get_detail_url(registration) or "")

    @property
    def may_bill(self) -> bool:
        """Tell whether the reader may record payments."""
        return may(self.request.user, "bill", Account)

    def get_columns(self) -> list[Column]:
        return [
            self.name_column("name", label=_("Name"), sort_key="name", below=lambda row: row.reference),
            StateColumn(
                "state",
                label=_("Status"),
                accessor=lambda row: row.get_state_display(),
                primary=lambda row: row.state == State.HELD,
                sort_key="state",
                classname="cop-state",
            ),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            Column("hold", label=_("Hold expires"), accessor=self.hold),
            Column("program", label=_("Program"), accessor=lambda row: row.program.page.title, classname="cop-wide"),
            Column("country", label=_("Country"), accessor=lambda row: row.country.name, classname="cop-wide"),
            Column(
                "submitted_at",
                label=_("Registered"),
                accessor=lambda row: shown_day(row.submitted_at),
                sort_key="submitted_at",
                classname="cop-wide",
            ),
        ]

    def hold(self, registration: Any) -> str:
        """Return the formatted end of the hold."""
        end = held_until(registration)
        return _("until %(end)s") % {"end": dates.hold_until(end, registration.program)} if end else ""


class RegistrationAdmin(ListingAdmin):
    """The menu entry for registrations."""

    model = Registration
    base_url_path = "cop/registrations"
    index_view_class = RegistrationListing
    list_permission = "manage"
    detail_url_name = "cop_registration:registration"
    menu_icon = "group"
    menu_order = 160


registrations = RegistrationAdmin()
