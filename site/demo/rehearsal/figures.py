"""All figures of a program at one moment, as JSON."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from djmoney.money import Money

from cop_program.models import Program
from forms_ext.admission.queries import standing
from forms_ext.applications.models import Application
from forms_ext.base.money import format_money
from forms_ext.invoices import queries
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import queries as ledger
from forms_ext.registration.models import Registration


def take(program: Program) -> dict[str, Any]:
    """Return places, queue, applications, each person's account, sums and papers of `program` as they are now."""
    accounts = list(ledger.accounts(program))
    papers = list(Invoice.objects.filter(account__program=program).order_by("pk"))
    return {
        "places": _places(program),
        "applications": _applications(program),
        "money": _money(program, accounts),
        "people": _people(program, {account.pk: account for account in accounts}, papers),
        "papers": [
            {"number": paper.number, "kind": paper.get_kind_display(), "total": format_money(paper.total)}
            for paper in papers
        ],
    }


def _places(program: Program) -> list[tuple[str, int]]:
    now = standing(program)
    return [
        ("Places", now.capacity),
        ("Free", now.free),
        ("Held", now.held),
        ("Taken", now.taken),
        ("In the queue", now.waiting),
    ]


def _applications(program: Program) -> list[tuple[str, int]]:
    states = Counter(Application.objects.filter(program=program).values_list("state", flat=True))
    return [(str(state.label), states[state]) for state in Application.State if states[state]]


def _money(program: Program, accounts: "Sequence[ledger.AccountWithBalances]") -> list[tuple[str, str]]:
    currency = str(program.page.fee.currency)

    def written(values: "list[Decimal]") -> str:
        return format_money(Money(sum(values, Decimal(0)), currency))

    figures = [(account.fee_total, account.paid_total, account.owed) for account in accounts]
    return [
        ("Fees", written([fee for fee, _paid, _owed in figures])),
        ("Received", written([paid for _fee, paid, _owed in figures])),
        ("Amount due", written([owed for _fee, _paid, owed in figures if owed > 0])),
        ("Overdue", written([account.owed for account in queries.overdue(program)])),
        ("Refunds to pay", written([due.amount.amount for due in ledger.open_refunds(program)])),
        ("Rebates to pay", written([due.amount.amount for due in ledger.open_rebates(program)])),
    ]


def _people(program: Program, accounts: dict[int, Any], papers: list[Invoice]) -> list[dict[str, str]]:
    rows = []
    for registration in Registration.objects.filter(program=program).order_by("pk"):
        account = accounts.get(registration.account_id or 0)

        def money(value: Decimal | None, account: Any = account) -> str:
            return "" if account is None else format_money(Money(value, account.currency))

        rows.append(
            {
                "name": registration.name,
                "reference": registration.reference,
                "state": str(registration.get_state_display()),
                "fee": money(account and account.fee_total),
                "paid": money(account and account.paid_total),
                "balance": money(account and account.owed),
                "papers": ", ".join(paper.number for paper in papers if account and paper.account_id == account.pk),
            }
        )
    return rows
