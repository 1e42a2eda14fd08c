"""The mails of the room: what each says, with which fields."""

from django.utils.translation import gettext_lazy as _

from ..mail import kinds
from ..mail.kinds import MailKind

COMMON = {
    "name": _("Billing name"),
    "program": _("Title of the program"),
    "amount": _("Amount, with its currency"),
    "issuer": _("Who issues invoices"),
}
COMMON_SAMPLE = {
    "name": "Ada Sample",
    "program": "Nurturing Healthy Culture with Sociocracy",
    "amount": "1,897 USD",
    "issuer": "Circle Forward",
}

INVOICE = MailKind(
    name="invoice",
    label=_("Invoice"),
    fields=COMMON
    | {
        "number": _("Number of the invoice"),
        "due": _("Day on which it is due"),
        "reference": _("What the payer writes on the transfer"),
        "bank_details": _("Bank details of the issuer"),
    },
    sample=COMMON_SAMPLE
    | {
        "number": "CF-00012",
        "due": "15 February 2024",
        "reference": "PAY-2024-0007",
        "bank_details": "First Example Bank, account 000123456789, routing 011000015",
    },
    subject=_("Invoice {number}: {amount} for {program}"),
    body=_(
        "<p>Dear {name},</p>"
        "<p>Your invoice for <strong>{program}</strong> is attached. "
        "Pay <strong>{amount}</strong> by <strong>{due}</strong>.</p>"
        "<h3>How to pay</h3><p>{bank_details}</p>"
        "<p>Write this reference on the transfer: <strong>{reference}</strong></p>"
        "<p>{issuer}</p>"
    ),
)
RECEIPT = MailKind(
    name="receipt",
    label=_("Receipt"),
    fields=COMMON
    | {
        "number": _("Number of the receipt"),
        "received": _("Day on which the payment was received"),
        "balance": _("What is left to pay, in a sentence"),
    },
    sample=COMMON_SAMPLE
    | {
        "amount": "100 USD",
        "number": "R-2024-0003",
        "received": "29 January 2024",
        "balance": "1,897 USD is left to pay; an invoice will tell you when.",
    },
    subject=_("Receipt {number}: we received {amount} for {program}"),
    body=_(
        "<p>Dear {name},</p>"
        "<p>We received your payment of <strong>{amount}</strong> for {program} on {received}. Thank you.</p>"
        "<p>{balance}</p>"
        "<p>Your receipt has the number {number}. Keep it for your records.</p>"
        "<p>{issuer}</p>"
    ),
)
CREDIT_NOTE = MailKind(
    name="credit_note",
    label=_("Credit note"),
    fields=COMMON
    | {"number": _("Number of the credit note"), "invoice": _("Number of the invoice it corrects"), "reason": _("Why")},
    sample=COMMON_SAMPLE
    | {"number": "CF-CN-00002", "invoice": "CF-00012", "reason": "You cancelled your registration."},
    subject=_("Credit note {number}: invoice {invoice} for {program} is cancelled"),
    body=_(
        "<p>Dear {name},</p>"
        "<p>Invoice {invoice} over <strong>{amount}</strong> for {program} is cancelled: do not pay it. "
        "The credit note is attached.</p>"
        "<p>{reason}</p>"
        "<p>If you have paid already, we give the money back; a mail of its own will tell you when.</p>"
        "<p>{issuer}</p>"
    ),
)
REFUND_MADE = MailKind(
    name="refund_made",
    label=_("Refund paid out"),
    fields=COMMON | {"paid": _("Day on which it was paid out"), "reason": _("Why")},
    sample=COMMON_SAMPLE
    | {"amount": "100 USD", "paid": "2 February 2024", "reason": "You cancelled before the deadline."},
    subject=_("Refund of {amount} for {program} is on its way to you"),
    body=_(
        "<p>Dear {name},</p>"
        "<p>We paid <strong>{amount}</strong> back to you on {paid}, for {program}.</p>"
        "<p>{reason}</p>"
        "<p>It can take a few days until it stands in your account.</p>"
        "<p>{issuer}</p>"
    ),
)
REBATE_PAID = MailKind(
    name="rebate_paid",
    label=_("Rebate paid out"),
    fields=COMMON | {"paid": _("Day on which it was paid out")},
    sample=COMMON_SAMPLE | {"amount": "499.25 USD", "paid": "1 March 2024"},
    subject=_("Rebate of {amount} for {program} is on its way to you"),
    body=_(
        "<p>Dear {name},</p>"
        "<p>We paid the rebate of <strong>{amount}</strong> for {program} to you on {paid}.</p>"
        "<p>It can take a few days until it stands in your account.</p>"
        "<p>{issuer}</p>"
    ),
)


ALL = (INVOICE, RECEIPT, CREDIT_NOTE, REFUND_MADE, REBATE_PAID)


def register() -> None:
    """Declare the kinds to the mail room."""
    for kind in ALL:
        kinds.register(kind)
