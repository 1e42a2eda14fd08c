"""The registers of money: accounts, invoices, refunds and rebates."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from djmoney.money import Money
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from cop_program.keys import key

from ..base import labels
from ..base.money import format_money
from ..base.registers import ActionColumn, CountedFilter, CountedFilterSet, Register, RegisterAdmin, StateColumn, Step
from .models import Account, Invoice, RebateDue, RefundDue
from .queries import exact, with_cover, with_dueness
from .standing import Standing, with_standing
from .state import Due, InvoiceState


def money(amount: Decimal | None, currency: str) -> str:
    """Return a figure of the database with its currency."""
    return format_money(Money(exact(amount), currency))


def day(value: date | None) -> str:
    """Return a date in words, or nothing."""
    return date_format(value, "DATE_FORMAT") if value else ""


def program_filter(field_name: str) -> CountedFilter:
    """Return the filter by program."""
    return CountedFilter(field_name=field_name, label=gettext_lazy("Program"), labels=labels.of_programs, parse=key)


class MoneyRegister(Register):
    """What the registers of money share."""

    def state_column(self, name: str, choices: Any, urgent: str) -> StateColumn:
        """Return the column of the state `name`; `urgent` stands out."""
        return StateColumn(
            name,
            label=_("State"),
            accessor=lambda row: choices(getattr(row, name)).label,
            primary=lambda row: getattr(row, name) == urgent,
            sort_key=name,
            classname="cop-state",
        )


class AccountFilters(CountedFilterSet):
    """Who has paid, who has not, who is late."""

    standing = CountedFilter(label=gettext_lazy("Standing"), labels=labels.of_choices(Standing), whole=True)
    program = program_filter("program_id")

    class Meta:
        model = Account
        fields = ["standing", "program"]


class AccountRegister(MoneyRegister):
    """Accounts with what is owed and what was paid."""

    filterset_class = AccountFilters
    search_fields = ["payer_name", "payer_email", "reference"]
    default_ordering = ["due_on", "payer_name", "pk"]
    empty_message = gettext_lazy("An account will stand here for everybody who registers and holds a seat.")

    def get_base_queryset(self) -> QuerySet[Account]:
        return with_standing(Account.objects.select_related("program__page"))

    def get_columns(self) -> list[Column]:
        return [
            self.name_column("payer_name", label=_("Payer"), sort_key="payer_name", below=lambda row: row.reference),
            self.state_column("standing", Standing, Standing.OVERDUE),
            Column(
                "owed",
                label=_("Owed"),
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
            Column("due_on", label=_("Due"), accessor=lambda row: day(row.due_on), sort_key="due_on"),
            Column("program", label=_("Program"), accessor=lambda row: row.program.page.title, classname="cop-wide"),
        ]

    def next_step(self, account: Any) -> Step:
        """Return what to do with `account` now."""
        if account.owed > 0:
            return Step(_("Record payment"), reverse("cop_billing:pay", args=[account.pk]), primary=True)
        return Step(_("Open"), reverse("cop_billing:account", args=[account.pk]))


class InvoiceFilters(CountedFilterSet):
    """Which invoices."""

    state = CountedFilter(label=gettext_lazy("State"), labels=labels.of_choices(InvoiceState), whole=True)
    kind = CountedFilter(label=gettext_lazy("Kind"), labels=labels.of_choices(Invoice.Kind), whole=True)
    program = program_filter("account__program_id")

    class Meta:
        model = Invoice
        fields = ["state", "kind", "program"]


class InvoiceRegister(MoneyRegister):
    """Invoices and credit notes, the newest first."""

    filterset_class = InvoiceFilters
    search_fields = ["number", "account__payer_name", "account__payer_email", "account__reference"]
    default_ordering = ["-issued_at", "-pk"]
    empty_message = gettext_lazy("Invoices will stand here once a program is confirmed.")

    def get_base_queryset(self) -> QuerySet[Invoice]:
        state = Case(
            When(pdf_path="", then=Value(InvoiceState.DRAWING)),
            When(credit_note__isnull=False, then=Value(InvoiceState.CORRECTED)),
            When(kind=Invoice.Kind.CREDIT_NOTE, then=Value(InvoiceState.SETTLED)),
            When(closed_at__isnull=False, then=Value(InvoiceState.SETTLED)),
            default=Value(InvoiceState.OPEN),
            output_field=CharField(max_length=9),
        )
        return Invoice.objects.select_related("account__program__page").defer("snapshot").annotate(state=state)

    def get_detail_url(self, instance: Any) -> str | None:
        return reverse("cop_billing:account", args=[instance.account_id])

    def get_columns(self) -> list[Column]:
        return [
            self.name_column("number", label=_("Number"), sort_key="number", below=lambda row: row.account.payer_name),
            self.state_column("state", InvoiceState, InvoiceState.OPEN),
            Column(
                "total",
                label=_("Total"),
                accessor=lambda row: format_money(row.total),
                sort_key="total",
                classname="cop-money",
            ),
            ActionColumn("pdf", label=_("File"), accessor=self.pdf),
            Column("kind", label=_("Kind"), accessor=lambda row: row.get_kind_display(), classname="cop-wide"),
            Column("due_on", label=_("Due"), accessor=lambda row: day(row.due_on), sort_key="due_on"),
            Column(
                "program", label=_("Program"), accessor=lambda row: row.account.program.page.title, classname="cop-wide"
            ),
        ]

    def pdf(self, invoice: Invoice) -> Step | None:
        """Return the link to the PDF, once it is there."""
        return Step(_("PDF"), reverse("cop_billing:invoice_pdf", args=[invoice.pk])) if invoice.pdf_path else None


class DueFilters(CountedFilterSet):
    """Still to pay, or done."""

    due = CountedFilter(label=gettext_lazy("State"), labels=labels.of_choices(Due), whole=True)
    program = program_filter("account__program_id")


class DueRegister(MoneyRegister):
    """Money to pay out, the oldest first."""

    default_ordering = ["listed_at", "pk"]
    search_fields = ["account__payer_name", "account__payer_email", "account__reference"]
    record_url_name = ""

    def get_detail_url(self, instance: Any) -> str | None:
        return reverse("cop_billing:account", args=[instance.account_id])

    def next_step(self, row: Any) -> Step | None:
        """Return the button that records it as paid."""
        if row.due != Due.OPEN:
            return None
        return Step(_("Record as paid"), reverse(self.record_url_name, args=[row.pk]), primary=True)

    def get_columns(self) -> list[Column]:
        return [
            self.name_column(
                "account.payer_name",
                label=_("Payer"),
                sort_key="account__payer_name",
                below=lambda row: row.account.payer_email,
            ),
            self.state_column("due", Due, Due.OPEN),
            Column("amount", label=_("Amount"), accessor=lambda row: format_money(row.amount), classname="cop-money"),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            *self.more_columns(),
            Column("listed_at", label=_("Listed"), accessor=lambda row: day(row.listed_at), sort_key="listed_at"),
            Column(
                "program", label=_("Program"), accessor=lambda row: row.account.program.page.title, classname="cop-wide"
            ),
        ]

    def more_columns(self) -> list[Column]:
        """Return columns of this kind alone."""
        return []


class RefundFilters(DueFilters):
    class Meta:
        model = RefundDue
        fields = ["due", "program"]


class RefundRegister(DueRegister):
    """Refunds due."""

    filterset_class = RefundFilters
    record_url_name = "cop_billing:refund"
    empty_message = gettext_lazy("A refund will stand here when a deposit has to be given back. There is none to pay.")

    def get_base_queryset(self) -> QuerySet[RefundDue]:
        due = Case(
            When(settled_by_row__isnull=False, then=Value(Due.PAID)),
            When(withdrawn_at__isnull=False, then=Value(Due.DROPPED)),
            When(is_covered=False, then=Value(Due.UNCOVERED)),
            default=Value(Due.OPEN),
            output_field=CharField(max_length=9),
        )
        return with_cover(RefundDue.objects.select_related("account__program__page")).annotate(due=due)

    def next_step(self, row: Any) -> Step | None:
        if row.due == Due.UNCOVERED:
            return Step(_("Take off the list"), reverse("cop_billing:withdraw_refund", args=[row.pk]), primary=True)
        return super().next_step(row)

    def more_columns(self) -> list[Column]:
        return [Column("reason", label=_("Reason"), classname="cop-wide")]


class RebateFilters(DueFilters):
    class Meta:
        model = RebateDue
        fields = ["due", "program"]


class RebateRegister(DueRegister):
    """Rebates due."""

    filterset_class = RebateFilters
    record_url_name = "cop_billing:rebate"
    empty_message = gettext_lazy(
        "Rebates stand here once a program has started and the fee is paid. "
        "Press “List the rebates due” to look for them."
    )

    def get_base_queryset(self) -> QuerySet[RebateDue]:
        due = Case(
            When(paid_row__isnull=False, then=Value(Due.PAID)),
            When(is_due=False, then=Value(Due.UNPAID)),
            default=Value(Due.OPEN),
            output_field=CharField(max_length=9),
        )
        return with_dueness(RebateDue.objects.select_related("account__program__page")).annotate(due=due)

    def more_columns(self) -> list[Column]:
        return [Column("country", label=_("Country"), accessor=lambda row: row.account.payer_country.name)]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("cop_billing:list_rebates")
        return [HeaderButton(_("List the rebates due"), url=url, icon_name="plus")]


class AccountAdmin(RegisterAdmin):
    """Accounts in the menu."""

    model = Account
    base_url_path = "cop/accounts"
    index_view_class = AccountRegister
    exports = (("accounts", gettext_lazy("Export")), ("ledger", gettext_lazy("Export rows")))
    list_permission = "bill"
    detail_url_name = "cop_billing:account"
    menu_label = gettext_lazy("Accounts")
    menu_icon = "user"


class BillingAdmin(RegisterAdmin):
    """A register that those may read who bill accounts."""

    list_permission = "bill"
    permission_model = Account


class InvoiceAdmin(BillingAdmin):
    """Invoices in the menu."""

    model = Invoice
    base_url_path = "cop/invoices"
    index_view_class = InvoiceRegister
    exports = (("invoices", gettext_lazy("Export")), ("invoice-pdfs", gettext_lazy("PDFs as ZIP")))
    menu_icon = "doc-full"


class RefundAdmin(BillingAdmin):
    """Refunds in the menu."""

    model = RefundDue
    base_url_path = "cop/refunds"
    index_view_class = RefundRegister
    menu_label = gettext_lazy("Refunds due")
    menu_icon = "redirect"


class RebateAdmin(BillingAdmin):
    """Rebates in the menu."""

    model = RebateDue
    base_url_path = "cop/rebates"
    index_view_class = RebateRegister
    menu_label = gettext_lazy("Rebates due")
    menu_icon = "tag"
