"""What the ledger registers at start-up: log entries and consistency checks."""

from django.utils.translation import gettext_lazy as _

from ..base import groups, history
from . import consistency  # noqa: F401  (registers its checks)

LABELS = {
    "open_account": _("Account opened"),
    "correct_payer": _("Billing name and address corrected"),
    "fee": _("Fee posted"),
    "payment": _("Payment recorded"),
    "reversal": _("Fee reversed"),
    "cancellation_fee": _("Cancellation fee posted"),
    "refund": _("Refund recorded as paid"),
    "rebate": _("Rebate granted"),
    "rebate_paid": _("Rebate recorded as paid"),
    "list_refund": _("Refund listed"),
    "withdraw_refund": _("Refund removed from the list"),
    "list_rebate": _("Rebate listed"),
    "payment_reversal": _("Payment reversed"),
}


def connect() -> None:
    """Register this package."""
    issuers = [f"forms_ext.{action}_issuer" for action in ("view", "add", "change")]
    groups.grant(groups.STAFF, "forms_ext.bill_account", *issuers)
    for verb, label in LABELS.items():
        history.register(f"forms_ext.ledger.{verb}", label)
