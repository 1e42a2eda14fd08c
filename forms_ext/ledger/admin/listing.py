"""The lists of refunds and rebates due."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from djmoney.money import Money
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from cop_program.formatting import shown_day
from cop_program.keys import key

from ...base.admin import labels
from ...base.admin.listing import (
    ActionColumn,
    CountedFilter,
    CountedFilterSet,
    Listing,
    ListingAdmin,
    NextAction,
    StateColumn,
)
from ...base.money import format_money
from ..models import Account, RebateDue, RefundDue
from ..queries import exact, with_cover, with_dueness
from ..status import DueStatus


def money(amount: Decimal | None, currency: str) -> str:
    """Return an amount from the database with its currency."""
    return format_money(Money(exact(amount), currency))


def day(value: date | None) -> str:
    """Return a formatted date, or ''."""
    return shown_day(value) if value else ""


def program_filter(field_name: str) -> CountedFilter:
    """Return the filter by program."""
    return CountedFilter(field_name=field_name, label=gettext_lazy("Program"), labels=labels.program_labels, parse=key)


class MoneyListing(Listing):
    """What the billing lists share."""

    def state_column(self, name: str, choices: Any, urgent: str) -> StateColumn:
        """Return the column of the status `name`; `urgent` ones are highlighted."""
        return StateColumn(
            name,
            label=_("Status"),
            accessor=lambda row: choices(getattr(row, name)).label,
            primary=lambda row: getattr(row, name) == urgent,
            sort_key=name,
            classname="cop-state",
        )


class DueFilters(CountedFilterSet):
    """Filters with counts."""

    due = CountedFilter(label=gettext_lazy("Status"), labels=labels.choice_labels(DueStatus), whole=True)
    program = program_filter("account__program_id")


class DueListing(MoneyListing):
    """Refunds or rebates to pay, the oldest first."""

    default_ordering = ["listed_at", "pk"]
    search_fields = ["account__search_text"]
    record_url_name = ""

    def get_detail_url(self, instance: Any) -> str | None:
        return reverse("cop_billing:account", args=[instance.account_id])

    def next_step(self, row: Any) -> NextAction | None:
        """Return the button that records it as paid."""
        if row.due != DueStatus.OPEN:
            return None
        return NextAction(_("Record as paid"), reverse(self.record_url_name, args=[row.pk]), primary=True)

    def get_columns(self) -> list[Column]:
        return [
            self.name_column(
                "account.payer_name",
                label=_("Payer"),
                sort_key="account__payer_name",
                below=lambda row: row.account.payer_email,
            ),
            self.state_column("due", DueStatus, DueStatus.OPEN),
            Column("amount", label=_("Amount"), accessor=lambda row: format_money(row.amount), classname="cop-money"),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            *self.more_columns(),
            Column("listed_at", label=_("Listed"), accessor=lambda row: day(row.listed_at), sort_key="listed_at"),
            Column(
                "program", label=_("Program"), accessor=lambda row: row.account.program.page.title, classname="cop-wide"
            ),
        ]

    def more_columns(self) -> list[Column]:
        """Return the columns of this list only."""
        return []


class RefundFilters(DueFilters):
    class Meta:
        model = RefundDue
        fields = ["due", "program"]


class RefundListing(DueListing):
    """Refunds due."""

    filterset_class = RefundFilters
    record_url_name = "cop_billing:refund"
    empty_message = gettext_lazy("No refunds are due. They will appear here when a deposit has to be refunded.")

    def get_base_queryset(self) -> QuerySet[RefundDue]:
        due = Case(
            When(settled_by_row__isnull=False, then=Value(DueStatus.PAID)),
            When(withdrawn_at__isnull=False, then=Value(DueStatus.DROPPED)),
            When(is_covered=False, then=Value(DueStatus.UNCOVERED)),
            default=Value(DueStatus.OPEN),
            output_field=CharField(max_length=9),
        )
        return with_cover(RefundDue.objects.select_related("account__program__page")).annotate(due=due)

    def next_step(self, row: Any) -> NextAction | None:
        if row.due == DueStatus.UNCOVERED:
            return NextAction(
                _("Remove from list"), reverse("cop_billing:withdraw_refund", args=[row.pk]), primary=True
            )
        return super().next_step(row)

    def more_columns(self) -> list[Column]:
        return [Column("reason", label=_("Reason"), classname="cop-wide")]


class RebateFilters(DueFilters):
    class Meta:
        model = RebateDue
        fields = ["due", "program"]


class RebateListing(DueListing):
    """Rebates due."""

    filterset_class = RebateFilters
    record_url_name = "cop_billing:rebate"
    empty_message = gettext_lazy(
        "Rebates will appear here once a program has started and the fee is paid. Choose “List rebates due” to find "
        "them."
    )

    def get_base_queryset(self) -> QuerySet[RebateDue]:
        due = Case(
            When(paid_row__isnull=False, then=Value(DueStatus.PAID)),
            When(is_due=False, then=Value(DueStatus.UNPAID)),
            default=Value(DueStatus.OPEN),
            output_field=CharField(max_length=9),
        )
        return with_dueness(RebateDue.objects.select_related("account__program__page")).annotate(due=due)

    def more_columns(self) -> list[Column]:
        return [Column("country", label=_("Country"), accessor=lambda row: row.account.payer_country.name)]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("cop_billing:list_rebates")
        return [HeaderButton(_("List rebates due"), url=url, icon_name="plus")]


class BillingAdmin(ListingAdmin):
    """A list for users who may bill accounts."""

    list_permission = "bill"
    permission_model = Account


class RefundAdmin(BillingAdmin):
    """The menu entry for refunds."""

    model = RefundDue
    base_url_path = "cop/refunds"
    index_view_class = RefundListing
    menu_label = gettext_lazy("Refunds due")
    menu_icon = "redirect"


class RebateAdmin(BillingAdmin):
    """The menu entry for rebates."""

    model = RebateDue
    base_url_path = "cop/rebates"
    index_view_class = RebateListing
    menu_label = gettext_lazy("Rebates due")
    menu_icon = "tag"
