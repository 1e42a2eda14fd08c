"""What can be exported: each with its list, whose search and filters decide on the rows, and its columns."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cop_program.models import Program

from ..admission.admin.listing import applications
from ..base.admin.listing import ListingAdmin
from ..base.permissions import may
from ..forms.models import FormVersion
from ..invoices.admin.listing import AccountAdmin, InvoiceAdmin
from ..ledger.models import AccountRow
from ..mail.admin.listing import email_log
from ..registration.admin.listing import registrations
from ..submissions.admin.listing import submissions
from .columns import Column, answer_columns, field
from .models import Export

PROGRAM = field("program__page__title", _("Program"), key="program")
OF_ACCOUNT = [
    field("account__reference", _("Payment reference")),
    field("account__payer_name", _("Payer")),
    field("account__program__page__title", _("Program"), key="program"),
]


EXPORT = _("Export")
CODE = re.compile(r"[A-Za-z0-9_.:-]{1,60}")  # a state, a number, a day, the scope of an email
RANGE_END = re.compile(r"_(from|to|min|max|after|before)$")


@dataclass(frozen=True)
class Source:
    """One thing to export; `narrow` makes its rows of those of the list, and `button` leads to it from there."""

    name: str
    label: str | Promise
    listing_admin: ListingAdmin
    fields: tuple[Column, ...]
    button: str | Promise = EXPORT
    has_answers: bool = False
    is_files: bool = False
    narrow: Callable[[QuerySet], QuerySet] | None = None
    of_program: Callable[[Program], dict[str, Any]] | None = lambda program: {"program": program.pk}

    @property
    def permission(self) -> tuple[type[Model], str]:
        """The model and the action that the readers of the list need."""
        return self.listing_admin.permission_model or self.listing_admin.model, self.listing_admin.list_permission

    def allows(self, user: Any) -> bool:
        """Tell whether `user` may export and may read this listing."""
        model, action = self.permission
        return may(user, "add", Export) and may(user, action, model)

    def rows(self, query: str, user: Any = None) -> QuerySet:
        """Return the rows that the list shows for the query string `query`, in its order."""
        request = HttpRequest()
        request.user = user or AnonymousUser()
        rows = self.listing_admin.rows(request, QueryDict(query)).select_related(None)
        return self.narrow(rows) if self.narrow else rows

    def filters(self, query: str) -> str:
        """Return the filters in the query string `query`, for the audit log: keys and codes, no personal text."""
        known = self.listing_admin.index_view_class.filterset_class.base_filters
        asked = [
            (name, value if CODE.fullmatch(value) else "")
            for name, values in QueryDict(query).lists()
            if name in known or RANGE_END.sub("", name) in known
            for value in values
        ]
        return urlencode(asked, safe=":")

    def columns(self, rows: QuerySet, *, split_choices: bool = False) -> list[Column]:
        """Return the columns of `rows`: the fields, then an answer for each question of all versions of their forms."""
        if not self.has_answers:
            return list(self.fields)
        pages = rows.order_by().values("version__page").distinct()
        versions = FormVersion.objects.filter(page__in=pages)
        return [*self.fields, *answer_columns(versions, split_choices=split_choices)]


def ledger(accounts: QuerySet) -> QuerySet[AccountRow]:
    """Return the rows of accounts, in the order in which they were recorded."""
    return AccountRow.objects.filter(account__in=accounts.order_by().values("pk")).order_by("recorded_at", "pk")


def drawn(invoices: QuerySet) -> QuerySet:
    """Return the invoices whose PDF is stored."""
    return invoices.filter(file__isnull=False)


SENT = [
    field("submitted_at", _("Sent"), "moment"),
    field("language", _("Language")),
    field("version__number", _("Version of the form"), "number", key="version"),
]
PERSON = [field("name", _("Name")), field("email", _("Email")), field("country", _("Country"))]

SOURCES: dict[str, Source] = {}


def add(source: Source) -> Source:
    """Register a source by its name."""
    SOURCES[source.name] = source
    return source


add(
    Source(
        "submissions",
        _("Form answers"),
        submissions,
        (field("reference", _("Reference")), field("page__title", _("Form"), key="form"), *SENT),
        has_answers=True,
        of_program=None,
    )
)
add(
    Source(
        "applications",
        _("Applications"),
        applications,
        (
            field("reference", _("Reference")),
            PROGRAM,
            field("state", _("Status")),
            field("state_changed_at", _("Status since"), "moment"),
            *PERSON,
            field("organization", _("Organization")),
            field("time_zone", _("Time zone")),
            field("source", _("Received through")),
            *SENT,
        ),
        has_answers=True,
    )
)
add(
    Source(
        "registrations",
        _("Registrations"),
        registrations,
        (
            field("reference", _("Reference")),
            PROGRAM,
            field("state", _("Status")),
            field("state_changed_at", _("Status since"), "moment"),
            *PERSON,
            field("billing_name", _("Billing name")),
            field("billing_address", _("Billing address")),
            field("time_zone", _("Time zone")),
            field("account__reference", _("Payment reference")),
            field("ended_reason", _("Reason")),
            *SENT,
        ),
        has_answers=True,
    )
)
add(
    Source(
        "accounts",
        _("Accounts"),
        AccountAdmin(),
        (
            field("reference", _("Payment reference")),
            PROGRAM,
            field("payer_name", _("Payer")),
            field("payer_email", _("Email")),
            field("payer_address", _("Billing address")),
            field("payer_country", _("Country")),
            field("standing", _("Payment status")),
            field("fee_total", _("Fee"), "money", currency="currency"),
            field("paid_total", _("Paid"), "money", currency="currency"),
            field("owed", _("Amount due"), "money", currency="currency"),
            field("currency", _("Currency")),
            field("invoice_number", _("Open invoice")),
            field("due_on", _("Due date"), "date"),
        ),
    )
)
add(
    Source(
        "ledger",
        _("Account entries"),
        AccountAdmin(),
        (
            *OF_ACCOUNT,
            field("kind", _("Type")),
            field("amount", _("Amount"), "money", currency="amount_currency"),
            field("amount_currency", _("Currency")),
            field("effective_on", _("Date"), "date"),
            field("recorded_at", _("Recorded"), "moment"),
            field("recorded_by__username", _("Recorded by"), key="recorded_by"),
            field("note", _("Note")),
            field("payment__method", _("Method")),
            field("payment__receipt__number", _("Receipt")),
            field("payment_reversal__receipt__number", _("Receipt cancellation"), key="cancellation"),
            field("payment_reversal__payment__receipt__number", _("Cancelled receipt"), key="cancels"),
        ),
        button=_("Export entries"),
        narrow=ledger,
    )
)
add(
    Source(
        "invoices",
        _("Invoices"),
        InvoiceAdmin(),
        (
            field("number", _("Number")),
            field("kind", _("Type")),
            field("state", _("Status")),
            *OF_ACCOUNT,
            field("account__payer_email", _("Email")),
            field("account__payer_country", _("Country")),
            field("total", _("Total"), "money", currency="total_currency"),
            field("total_currency", _("Currency")),
            field("issued_at", _("Issued"), "moment"),
            field("due_on", _("Due date"), "date"),
            field("closed_at", _("Settled"), "moment"),
            field("corrects__number", _("Cancels invoice"), key="corrects"),
            field("file__sha256", _("PDF SHA-256"), key="pdf_sha256"),
        ),
    )
)
add(Source("invoice-pdfs", _("Invoice PDFs"), InvoiceAdmin(), (), _("Export PDFs"), is_files=True, narrow=drawn))
add(
    Source(
        "mails",
        _("Emails"),
        email_log,
        (
            field("kind", _("Email type")),
            field("scope", _("Scope")),
            field("about", _("About")),
            field("recipient", _("Recipient")),
            field("recipient_name", _("Name")),
            field("subject", _("Subject")),
            field("language", _("Language")),
            field("state", _("Status")),
            field("attempts", _("Attempts"), "number"),
            field("created_at", _("Created"), "moment"),
            field("sent_at", _("Sent"), "moment"),
            field("last_error", _("Last error")),
        ),
        of_program=lambda program: {"scope": program.scope},
    )
)
