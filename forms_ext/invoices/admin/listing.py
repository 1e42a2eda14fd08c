"""The lists of accounts and invoices."""

from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from ...base.admin import labels
from ...base.admin.listing import ActionColumn, CountedFilter, CountedFilterSet, ListingAdmin, NextAction
from ...base.money import format_money
from ...ledger.admin.listing import BillingAdmin, MoneyListing, day, money, program_filter
from ...ledger.models import Account
from ..models import Invoice
from ..payment_status import PaymentStatus, with_payment_status
from ..status import InvoiceStatus


class AccountFilters(CountedFilterSet):
    """Filters with counts."""

    standing = CountedFilter(
        label=gettext_lazy("Payment status"), labels=labels.choice_labels(PaymentStatus), whole=True
    )
    program = program_filter("program_id")

    class Meta:
        model = Account
        fields = ["standing", "program"]


class AccountListing(MoneyListing):
    """Accounts with the amount due and the amount paid."""

    filterset_class = AccountFilters
    search_fields = ["search_text"]
    default_ordering = ["due_on", "payer_name", "pk"]
    empty_message = gettext_lazy("Accounts will appear here once people register and get a place.")

    def get_base_queryset(self) -> QuerySet[Account]:
        return with_payment_status(Account.objects.select_related("program__page"))

    def get_columns(self) -> list[Column]:
        return [
            self.name_column("payer_name", label=_("Payer"), sort_key="payer_name", below=lambda row: row.reference),
            self.state_column("standing", PaymentStatus, PaymentStatus.OVERDUE),
            Column(
                "owed",
                label=_("Amount due"),
                accessor=lambda row: money(row.owed, row.currency),
                sort_key="owed",
                classname="cop-money",
            ),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            Column(
                "paid_total",
                label=_("Paid"),
                accessor=lambda row: money(row.paid_total, row.currency),
                classname="cop-money cop-wide",
            ),
            Column("invoice_number", label=_("Open invoice"), classname="cop-wide"),
            Column("due_on", label=_("Due date"), accessor=lambda row: day(row.due_on), sort_key="due_on"),
            Column("program", label=_("Program"), accessor=lambda row: row.program.page.title, classname="cop-wide"),
        ]

    def next_step(self, account: Any) -> NextAction:
        """Return what to do with `account` now."""
        if account.owed > 0:
            return NextAction(_("Record payment"), reverse("cop_billing:pay", args=[account.pk]), primary=True)
        return NextAction(_("Open"), reverse("cop_billing:account", args=[account.pk]))


class InvoiceFilters(CountedFilterSet):
    """Filters with counts."""

    state = CountedFilter(label=gettext_lazy("Status"), labels=labels.choice_labels(InvoiceStatus), whole=True)
    kind = CountedFilter(label=gettext_lazy("Type"), labels=labels.choice_labels(Invoice.Kind), whole=True)
    program = program_filter("account__program_id")

    class Meta:
        model = Invoice
        fields = ["state", "kind", "program"]


class InvoiceListing(MoneyListing):
    """Invoices and credit notes, the newest first."""

    filterset_class = InvoiceFilters
    search_fields = ["search_text", "account__search_text"]
    default_ordering = ["-issued_at", "-pk"]
    empty_message = gettext_lazy("Invoices will appear here once a program is confirmed.")

    def get_base_queryset(self) -> QuerySet[Invoice]:
        state = Case(
            When(file__isnull=True, then=Value(InvoiceStatus.DRAWING)),
            When(credit_note__isnull=False, then=Value(InvoiceStatus.CORRECTED)),
            When(kind=Invoice.Kind.CREDIT_NOTE, then=Value(InvoiceStatus.SETTLED)),
            When(closed_at__isnull=False, then=Value(InvoiceStatus.SETTLED)),
            default=Value(InvoiceStatus.OPEN),
            output_field=CharField(max_length=9),
        )
        return Invoice.objects.select_related("account__program__page", "file").defer("snapshot").annotate(state=state)

    def get_detail_url(self, instance: Any) -> str | None:
        return reverse("cop_billing:account", args=[instance.account_id])

    def get_columns(self) -> list[Column]:
        return [
            self.name_column("number", label=_("Number"), sort_key="number", below=lambda row: row.account.payer_name),
            self.state_column("state", InvoiceStatus, InvoiceStatus.OPEN),
            Column(
                "total",
                label=_("Total"),
                accessor=lambda row: format_money(row.total),
                sort_key="total",
                classname="cop-money",
            ),
            ActionColumn("pdf", label=_("File"), accessor=self.pdf),
            Column("kind", label=_("Type"), accessor=lambda row: row.get_kind_display(), classname="cop-wide"),
            Column("due_on", label=_("Due date"), accessor=lambda row: day(row.due_on), sort_key="due_on"),
            Column(
                "program", label=_("Program"), accessor=lambda row: row.account.program.page.title, classname="cop-wide"
            ),
        ]

    def pdf(self, invoice: Invoice) -> NextAction | None:
        """Return the link to the PDF, once it exists."""
        return NextAction(_("PDF"), reverse("cop_billing:invoice_pdf", args=[invoice.pk])) if invoice.pdf_path else None


class AccountAdmin(ListingAdmin):
    """The menu entry for accounts."""

    model = Account
    base_url_path = "cop/accounts"
    index_view_class = AccountListing
    list_permission = "bill"
    detail_url_name = "cop_billing:account"
    menu_label = gettext_lazy("Accounts")
    menu_icon = "user"


class InvoiceAdmin(BillingAdmin):
    """The menu entry for invoices."""

    model = Invoice
    base_url_path = "cop/invoices"
    index_view_class = InvoiceListing
    menu_icon = "doc-full"
