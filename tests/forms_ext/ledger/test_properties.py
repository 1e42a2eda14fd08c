"""After any sequence of events, the balance of an account equals the sum of its entries."""

import contextlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from djmoney.money import Money
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import actions as invoices_actions
from forms_ext.invoices import queries as invoices_queries
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions, queries
from forms_ext.ledger.models import Account, AccountRow, RebateDue
from tests.forms_ext.ledger.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
TODAY = date(2024, 2, 1)
CHECKS = {"ledger.rows", "ledger.lists", "invoices.balances", "invoices.numbers", "invoices.snapshots"}
UNITS = {"USD": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}
VERBS = [
    "fee",
    "reverse",
    "cancel",
    "pay",
    "pay",
    "list",
    "refund",
    "rebate",
    "rebate_paid",
    "invoice",
    "credit",
    "take_back",
]
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 300_000)), max_size=14)


def do(verb: str, account: Account, amount: Money) -> Decimal:
    """Do it; return by how much the balance must have changed."""
    if verb == "fee":
        return actions.post_fee(account=account, amount=amount).amount.amount
    if verb == "reverse":
        return sum((row.amount.amount for row in actions.reverse_fee(account=account)), Decimal(0))
    if verb == "cancel":
        return actions.post_cancellation_fee(account=account, amount=amount).amount.amount
    if verb == "pay":
        payment = actions.record_payment(account=account, amount=amount, received_on=TODAY, send_receipt=False)
        return payment.row.amount.amount
    if verb == "take_back":
        payment = account.payments.filter(reversal=None).first()
        return actions.reverse_payment(payment=payment, reason="Wrong").row.amount.amount if payment else Decimal(0)
    return _do_more(verb, account, amount)


def _do_more(verb: str, account: Account, amount: Money) -> Decimal:
    if verb == "list":
        actions.list_refund(account=account, amount=amount, reason="Because")
    elif verb == "refund" and (refund := queries.open_refunds().filter(account=account).first()):
        return actions.record_refund(refund=refund, paid_on=TODAY).amount.amount
    elif verb == "rebate":
        actions.list_rebate(account=account, amount=amount)
    elif verb == "rebate_paid" and (rebate := RebateDue.objects.filter(account=account).first()):
        actions.record_rebate_paid(rebate=rebate, paid_on=TODAY)
    elif verb == "invoice":
        invoices_actions.issue_invoice(account=account)
    elif verb == "credit" and (invoice := invoices_queries.invoice_to_credit(account)):
        invoices_actions.issue_credit_note(invoice=invoice, cause="Because")
    return Decimal(0)


def promises(account: Account, expected: Decimal) -> None:
    """Hold what the ledger promises, in a model that only adds up."""
    rows = [row.amount.amount for row in AccountRow.objects.filter(account=account)]
    assert queries.balance(account).amount == sum(rows, Decimal(0)) == expected
    recorded = sum((payment.received.amount for payment in account.payments.all()), Decimal(0))
    back = -sum((row.amount.amount for row in account.rows.filter(kind="refund")), Decimal(0))
    assert recorded + back >= 0
    assert queries.paid(account).amount >= back
    assert queries.fee(account).amount >= 0
    assert invoices_queries.with_figures(Account.objects.filter(pk=account.pk)).get().owed == expected
    found = [each for each in Invoice.objects.filter(account=account, kind="invoice") if each.closed_at is None]
    assert len(found) <= 1
    assert not (found and expected <= 0)


@given(currency=st.sampled_from(sorted(UNITS)), sequence=steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_balance_is_the_sum_after_any_sequence(program: Any, issuer: Any, currency: str, sequence: Any) -> None:
    with transaction.atomic():
        account = make_account(program, currency=currency)
        expected = Decimal(0)
        for verb, units in sequence:
            with contextlib.suppress(ActionRefused):
                expected += do(verb, account, Money(units * UNITS[currency], currency))
            promises(account, expected)
        wrong = [found.text for found in consistency.run_all() if found.check in CHECKS]
        assert wrong == []
        transaction.set_rollback(True)
