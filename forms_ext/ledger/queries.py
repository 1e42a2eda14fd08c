"""Reads of the ledger: amounts due, payments, overdue accounts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Round
from djmoney.money import Money

from cop_program.clock import now
from cop_program.formatting import round_minor
from cop_program.models import Program

from .models import Account, AccountRow, Issuer, RebateDue, RefundDue

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

Kind = AccountRow.Kind
AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=20, decimal_places=3)
ZERO = Value(Decimal(0), output_field=AMOUNT)
THOUSANDTH = Decimal("0.001")
ANY = Q()
OPEN = Q(settled_by_row__isnull=True, withdrawn_at__isnull=True)
PAID = [Kind.PAYMENT, Kind.PAYMENT_REVERSAL, Kind.REFUND]
FEE = Q(kind=Kind.FEE) | Q(kind=Kind.REVERSAL, reverses__kind=Kind.FEE)


class Balances(TypedDict):
    """What `with_balances` adds to an account."""

    owed: Decimal
    fee_total: Decimal
    paid_total: Decimal


class Cover(TypedDict):
    """What `with_cover` adds to a refund."""

    wanted: Decimal
    owed: Decimal
    is_covered: bool


class Dueness(TypedDict):
    """What `with_dueness` adds to a rebate."""

    owed: Decimal
    fee_total: Decimal
    is_due: bool


type AccountWithBalances = "WithAnnotations[Account, Balances]"
type RefundWithCover = "WithAnnotations[RefundDue, Cover]"
type RebateWithDueness = "WithAnnotations[RebateDue, Dueness]"


def today(program: Program) -> date:
    """Return the current day in the home zone of `program`."""
    return now().astimezone(ZoneInfo(program.page.home_zone or "UTC")).date()


def latest_day() -> date:
    """Return the latest day that has begun anywhere (UTC+14). Later days are in the future for everyone."""
    return (now() + timedelta(hours=14)).date()


def locked(account_id: int) -> Account:
    """Return the account, read anew and locked until the transaction ends, so that its actions stand in line.

    Raise Account.DoesNotExist if there is none.
    """
    accounts = Account.objects.select_for_update(of=("self",))
    return accounts.select_related("program__page__locale").get(pk=account_id)


def exact(value: Decimal | None) -> Decimal:
    """Return a sum from the database without the rounding noise of SQLite."""
    return Decimal(0) if value is None else Decimal(value).quantize(THOUSANDTH).normalize() + 0


def _sum(account: Account, rows: Q = ANY) -> Decimal:
    value = AccountRow.objects.filter(rows, account=account).aggregate(total=Sum("amount"))["total"]
    return exact(value)


def balance(account: Account) -> Money:
    """Return the sum of the entries of `account`: above zero if money is owed, below if too much was paid."""
    return Money(_sum(account), account.currency)


def paid(account: Account) -> Money:
    """Return what was paid to `account` less refunds; below zero if more was refunded than paid."""
    return Money(-_sum(account, Q(kind__in=PAID)), account.currency)


def fee(account: Account) -> Money:
    """Return the fee of `account` that is posted and not reversed."""
    return Money(_sum(account, FEE), account.currency)


def rebate_paid(account: Account) -> Money:
    """Return what was paid out to `account` as a rebate."""
    return Money(_sum(account, Q(kind=Kind.REBATE_PAID)), account.currency)


def cancellation_fee(account: Account) -> Money:
    """Return what is kept of `account` as a cancellation fee."""
    kept = Q(kind=Kind.CANCELLATION_FEE) | Q(kind=Kind.REVERSAL, reverses__kind=Kind.CANCELLATION_FEE)
    return Money(_sum(account, kept), account.currency)


def credit(account: Account) -> Money:
    """Return what is paid and not owed."""
    return Money(max(-_sum(account), Decimal(0)), account.currency)


def listed(account: Account) -> Money:
    """Return how much is listed for refund and neither paid nor withdrawn."""
    amounts = (due.amount for due in open_refunds().filter(account=account))
    return sum(amounts, Money(0, account.currency))


def to_refund(account: Account) -> Money:
    """Return how much of what is listed for refund is in credit, so that it can be paid."""
    return min(listed(account), credit(account))


def issuer_for(program: Program) -> Issuer | None:
    """Return the issuer of invoices for `program`: the first issuer of the site, or None."""
    return Issuer.objects.select_related("logo").order_by("pk").first()


def _rows_sum(chosen: Q = ANY, account: str = "pk") -> Round:
    rows = AccountRow.objects.filter(chosen, account=OuterRef(account)).order_by().values("account")
    total = Subquery(rows.annotate(total=Sum("amount")).values("total"))
    return Round(Coalesce(total, ZERO, output_field=AMOUNT), precision=3)


def with_balances(accounts: QuerySet[Account]) -> "QuerySet[AccountWithBalances]":
    """Annotate accounts with `owed`, `fee_total` and `paid_total`: one query for any number."""
    return accounts.annotate(
        owed=_rows_sum(),
        fee_total=_rows_sum(FEE),
        paid_total=Value(Decimal(0), output_field=AMOUNT)
        - _rows_sum(Q(kind__in=PAID)),  # times -1 would be -0 on SQLite
    )


def accounts(program: Program) -> "QuerySet[AccountWithBalances]":
    """Return all accounts of `program` with their figures."""
    return with_balances(Account.objects.filter(program=program)).order_by("payer_name", "pk")


def settled(program: Program) -> "QuerySet[AccountWithBalances]":
    """Return the accounts of `program` that have paid their whole fee."""
    return accounts(program).filter(owed__lte=Decimal(0), fee_total__gt=Decimal(0))


def open_refunds(program: Program | None = None) -> QuerySet[RefundDue]:
    """Return the refunds to pay, the oldest first."""
    refunds = RefundDue.objects.filter(OPEN)
    if program is not None:
        refunds = refunds.filter(account__program=program)
    return refunds.select_related("account__program__page")


def unlisted(program: Program) -> QuerySet[Account]:
    """Return the accounts of `program` with more in credit than is listed for refund."""
    refunds = RefundDue.objects.filter(OPEN, account=OuterRef("pk")).order_by().values("account")
    listed = Coalesce(Subquery(refunds.annotate(total=Sum("amount")).values("total")), ZERO, output_field=AMOUNT)
    return accounts(program).annotate(listed=Round(listed, precision=3)).filter(owed__lt=ZERO - F("listed"))


def with_cover(refunds: QuerySet[RefundDue]) -> "QuerySet[RefundWithCover]":
    """Annotate refunds with `is_covered`: it and those listed before it are in credit on its account."""
    before = RefundDue.objects.filter(OPEN, account=OuterRef("account"), pk__lte=OuterRef("pk")).order_by()
    through = Subquery(before.values("account").annotate(total=Sum("amount")).values("total"))
    wanted = Round(Coalesce(through, ZERO, output_field=AMOUNT), precision=3)
    covered = ExpressionWrapper(Q(wanted__lte=ZERO - F("owed")), output_field=BooleanField())
    return refunds.annotate(wanted=wanted, owed=_rows_sum(account="account")).annotate(is_covered=covered)


def with_dueness(rebates: QuerySet[RebateDue]) -> "QuerySet[RebateWithDueness]":
    """Annotate rebates with `is_due`: the fee has not been reversed, and the payer still owes nothing."""
    is_due = ExpressionWrapper(Q(owed__lte=0, fee_total__gt=0), output_field=BooleanField())
    owed, fee_total = _rows_sum(account="account"), _rows_sum(FEE, account="account")
    return rebates.annotate(owed=owed, fee_total=fee_total).annotate(is_due=is_due)


def open_rebates(program: Program | None = None) -> QuerySet[RebateDue]:
    """Return the rebates to pay: listed, still due, not paid."""
    rebates = with_dueness(RebateDue.objects.filter(paid_row__isnull=True)).filter(is_due=True)
    if program is not None:
        rebates = rebates.filter(account__program=program)
    return rebates.select_related("account__program__page").order_by("account__payer_name", "pk")


def rebate_amount(fee: Money, percentage: Decimal) -> Money:
    """Return `percentage` of `fee`, rounded half up (25 % of 1,997.00 is 499.25)."""
    return round_minor(Money(fee.amount * percentage / 100, fee.currency))


def rebate_candidates(program: Program) -> QuerySet[Account]:
    """Return the accounts to list a rebate for: fee paid, country with a rebate, program begun, not listed yet."""
    page = program.page
    codes = [country.code for country in page.rebate_countries]
    if not page.rebate_percentage or not page.starts_on or today(program) < page.starts_on:
        return accounts(program).none()
    return settled(program).filter(payer_country__in=codes, rebate_due__isnull=True)
