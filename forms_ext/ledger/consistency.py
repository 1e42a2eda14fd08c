"""Consistency checks of billing over the whole database."""

from collections.abc import Iterator

from django.db.models import F, Q

from ..base import consistency
from .models import AccountRow, Issuer, Payment, PaymentReversal, RebateDue, RefundDue

REVERSED_KINDS = (
    Q(kind="payment_reversal", reverses__kind="payment")
    | Q(kind="rebate_reversal", reverses__kind="rebate")
    | Q(kind="reversal", reverses__kind__in=["fee", "cancellation_fee"])
)


@consistency.check("ledger.rows")
def rows_fit_their_accounts() -> Iterator[str]:
    """Entries have the currency of their account; payments and reversals equal their entries."""
    for row in AccountRow.objects.exclude(amount_currency=F("account__currency")).select_related("account"):
        yield f"Account {row.account}: entry {row.pk} is in {row.amount.currency}, not in {row.account.currency}."
    for row in AccountRow.objects.filter(reverses__isnull=False).select_related("account", "reverses"):
        reverses = row.reverses
        if reverses and (row.account_id, row.amount) != (reverses.account_id, -reverses.amount):
            yield f"Account {row.account}: entry {row.pk} does not match the entry {reverses.pk} that it reverses."
    for row in AccountRow.objects.filter(kind="payment", payment__isnull=True).select_related("account"):
        yield f"Account {row.account}: entry {row.pk} is a payment without a payment record."
    for row in AccountRow.objects.filter(reverses__isnull=False).exclude(REVERSED_KINDS).select_related("account"):
        yield f"Account {row.account}: entry {row.pk} reverses an entry of the wrong type."
    for row in AccountRow.objects.filter(kind="payment_reversal", payment_reversal=None).select_related("account"):
        yield f"Account {row.account}: entry {row.pk} reverses a payment without a reversal record."
    for reversal in PaymentReversal.objects.exclude(row__reverses=F("payment__row")):
        yield f"The reversal of payment {reversal.payment_id} does not match its entry."
    wrong = Payment.objects.exclude(row__account=F("account"), row__kind="payment", row__effective_on=F("received_on"))
    for payment in wrong:
        yield f"Payment {payment.pk} does not match its entry."


@consistency.check("ledger.logos")
def logos_can_be_drawn() -> Iterator[str]:
    """Check that the logo of each issuer can be drawn on documents."""
    for issuer in Issuer.objects.select_related("logo"):
        if fault := issuer.logo_fault():
            yield f"The logo of {issuer} does not appear on documents: {fault}"


@consistency.check("ledger.lists")
def lists_fit_their_rows() -> Iterator[str]:
    """Refunds and rebates recorded as paid have a row with their amount on their account."""
    for refund in RefundDue.objects.filter(settled_by_row__isnull=False).select_related("settled_by_row"):
        if not _pays(refund.settled_by_row, "refund", refund):
            yield f"Refund {refund.pk} does not match the entry that pays it."
    for rebate in RebateDue.objects.filter(paid_row__isnull=False).select_related("paid_row"):
        if not _pays(rebate.paid_row, "rebate_paid", rebate):
            yield f"Rebate {rebate.pk} does not match the entry that pays it."


def _pays(row: AccountRow | None, kind: str, due: RefundDue | RebateDue) -> bool:
    return row is not None and (row.kind, row.account_id, row.amount) == (kind, due.account_id, due.amount)
