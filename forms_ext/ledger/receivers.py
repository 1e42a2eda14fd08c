"""What the ledger registers at start-up: log entries and consistency checks."""

from django.utils.translation import gettext_lazy as _

from ..base import groups, history, row_states
from . import consistency  # noqa: F401  (registers its checks)
from .models import Account, AccountRow, RebateDue, RefundDue

AMOUNT = {"amount": "amount, with a point", "currency": "its currency (ISO 4217)"}
ENTRY = {"entry": "key of the entry", **AMOUNT}
REFUND = {"refund": "key of the refund", **AMOUNT}
EVENTS = {
    "open_account": (_("Account opened"), {}),
    "correct_payer": (_("Billing name and address corrected"), {}),
    "correct_payer_email": (_("Payer's email corrected"), {}),
    "fee": (_("Fee posted"), ENTRY),
    "payment": (_("Payment recorded"), ENTRY),
    "reversal": (_("Fee reversed"), ENTRY),
    "cancellation_fee": (_("Cancellation fee posted"), ENTRY),
    "refund": (_("Refund recorded as paid"), ENTRY),
    "rebate": (_("Rebate granted"), ENTRY),
    "rebate_paid": (_("Rebate recorded as paid"), ENTRY),
    "list_refund": (_("Refund listed"), REFUND),
    "withdraw_refund": (_("Refund removed from the list"), REFUND),
    "list_rebate": (_("Rebate listed"), {"rebate": "key of the rebate", **AMOUNT}),
    "payment_reversal": (_("Payment reversed"), ENTRY),
    "rebate_reversal": (_("Rebate reversed"), ENTRY),
}


def connect() -> None:
    """Register this package."""
    issuers = [f"forms_ext.{action}_issuer" for action in ("view", "add", "change")]
    groups.grant(groups.STAFF, "forms_ext.bill_account", *issuers)
    for verb, (label, keys) in EVENTS.items():
        history.register(f"forms_ext.ledger.{verb}", label, keys)
    for model in (Account, RefundDue, RebateDue):
        row_states.watch(model)
    row_states.watch(AccountRow, "recorded_by")
