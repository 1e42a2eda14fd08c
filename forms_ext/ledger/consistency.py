"""Consistency checks of billing over the whole database."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from ..base import consistency
from .models import AccountRow, Issuer, Payment, PaymentReversal, RebateDue, RefundDue

REVERSED_KINDS = Q(kind="payment_reversal", reverses__kind="payment") | Q(
    kind="reversal", reverses__kind__in=["fee", "cancellation_fee"]
)


@consistency.check("ledger.rows")
def rows_fit_their_accounts() -> Iterator[str]:
    """Entries have the currency of their account; payments and reversals equal their entries."""
    for row in AccountRow.objects.exclude(amount_currency=F("account__currency")).select_related("account"):
        yield f"Account {row.account}: row {row.pk} is in {row.amount.currency}, the account in {row.account.currency}."
    for row in AccountRow.objects.filter(reverses__isnull=False).select_related("account", "reverses"):
        reverses = row.reverses
        if reverses and (row.account_id, row.amount) != (reverses.account_id, -reverses.amount):
            yield f"Account {row.account}: row {row.pk} does not equal the row {reverses.pk} that it reverses."
    for row in AccountRow.objects.filter(kind="payment", payment__isnull=True).select_related("account"):
        yield f"Account {row.account}: row {row.pk} is money received, and there is no payment for it."
    for row in AccountRow.objects.filter(reverses__isnull=False).exclude(REVERSED_KINDS).select_related("account"):
        yield f"Account {row.account}: row {row.pk} reverses a row that its kind does not reverse."
    for row in AccountRow.objects.filter(kind="payment_reversal", payment_reversal=None).select_related("account"):
        yield f"Account {row.account}: row {row.pk} takes a payment back, and there is no reversal for it."
    for reversal in PaymentReversal.objects.exclude(row__reverses=F("payment__row")):
        yield f"The reversal of payment {reversal.payment_id} does not agree with its row."
    wrong = Payment.objects.exclude(row__account=F("account"), row__kind="payment", row__effective_on=F("received_on"))
    for payment in wrong:
        yield f"Payment {payment.pk} does not agree with its row."


@consistency.check("ledger.logos")
def logos_can_be_drawn() -> Iterator[str]:
    """Check that the logo of each issuer can be drawn on documents."""
    for issuer in Issuer.objects.select_related("logo"):
        try:
            issuer.clean()
        except ValidationError as error:
            yield f"The logo of {issuer} is left out of documents: {' '.join(error.messages)}"


@consistency.check("ledger.lists")
def lists_fit_their_rows() -> Iterator[str]:
    """Refunds and rebates recorded as paid have a row with their amount on their account."""
    for refund in RefundDue.objects.filter(settled_by_row__isnull=False).select_related("settled_by_row"):
        if not _pays(refund.settled_by_row, "refund", refund):
            yield f"Refund {refund.pk} does not agree with the row that pays it."
    for rebate in RebateDue.objects.filter(paid_row__isnull=False).select_related("paid_row"):
        if not _pays(rebate.paid_row, "rebate_paid", rebate):
            yield f"Rebate {rebate.pk} does not agree with the row that pays it."


def _pays(row: AccountRow | None, kind: str, due: RefundDue | RebateDue) -> bool:
    return row is not None and (row.kind, row.account_id, row.amount) == (kind, due.account_id, due.amount)
