"""What billing declares to the rest: mails, log entries, periodic work, audit checks, triggers."""

from django.utils.translation import gettext_lazy as _

from ..base import history
from ..mail import files, people
from . import audit, documents, kinds, letters, tasks, triggers  # noqa: F401  (each registers its checks or jobs)
from .models import Account

PAYERS = people.People(
    Account, "bill", label=lambda account: f"{account.payer_name}, {account.reference}", read=letters.values_of
)
LABELS = {
    "open_account": _("Account opened"),
    "fee": _("Fee posted"),
    "payment": _("Payment recorded"),
    "reversal": _("Fee reversed"),
    "cancellation_fee": _("Cancellation fee posted"),
    "refund": _("Refund recorded as paid"),
    "rebate": _("Rebate granted"),
    "rebate_paid": _("Rebate recorded as paid"),
    "list_refund": _("Refund listed"),
    "withdraw_refund": _("Refund taken off the list"),
    "list_rebate": _("Rebate listed"),
    "issue_invoice": _("Invoice issued"),
    "issue_credit_note": _("Credit note issued"),
    "payment_reversal": _("Payment reversed"),
    "reopen_invoice": _("Invoice open again"),
}


def connect() -> None:
    """Register what this room contributes."""
    kinds.register()
    people.register([kind.name for kind in kinds.ALL], PAYERS)
    triggers.connect()
    files.register(letters.RECEIPT, documents.receipt_pdf)
    for verb, label in LABELS.items():
        history.register(f"forms_ext.billing.{verb}", label)
