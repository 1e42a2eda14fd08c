"""The mails of the room: what each says, with which fields."""

from django.utils.translation import gettext_lazy as _

from ..mail import kinds
from ..mail.kinds import COMMON, TOLD, TRANSFER, Fields, declared

FIELDS: Fields = {
    **COMMON,
    "name": (_("Billing name"), "Ada Sample"),
    "amount": (_("Amount, with its currency"), "1,897 USD"),
    "issuer": (_("Who issues invoices"), "Circle Forward"),
}

INVOICE = declared(
    "invoice",
    _("Invoice"),
    _("Invoice {number}: {amount} for {program}"),
    _(
        "<p>Dear {name},</p>"
        "<p>Your invoice for <strong>{program}</strong> is attached. "
        "Pay <strong>{amount}</strong> by <strong>{due}</strong>.</p>"
        "<h3>How to pay</h3><p>{bank_details}</p>"
        "<p>Write this reference on the transfer: <strong>{reference}</strong></p>"
        "<p>{issuer}</p>"
    ),
    FIELDS,
    TRANSFER,
    {
        "number": (_("Number of the invoice"), "CF-00012"),
        "due": (_("Day on which it is due"), "15 February 2024"),
        "reference": (_("What the payer writes on the transfer"), "PAY-2024-0007"),
    },
)
RECEIPT = declared(
    "receipt",
    _("Receipt"),
    _("Receipt {number}: we received {amount} for {program}"),
    _(
        "<p>Dear {name},</p>"
        "<p>We received your payment of <strong>{amount}</strong> for {program} on {received}. Thank you.</p>"
        "<p>{balance}</p>"
        "<p>Your receipt has the number {number}. Keep it for your records.</p>"
        "<p>{issuer}</p>"
    ),
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "100 USD"),
        "number": (_("Number of the receipt"), "R-2024-0003"),
        "received": (_("Day on which the payment was received"), "29 January 2024"),
        "balance": (
            _("What is left to pay, in a sentence"),
            "1,897 USD is left to pay; an invoice will tell you when.",
        ),
    },
)
PAYMENT_REVERSED = declared(
    "payment_reversed",
    _("Payment reversed"),
    _("Correction: your payment of {amount} for {program} was recorded by mistake"),
    _(
        "<p>Dear {name},</p>"
        "<p>We recorded a payment of <strong>{amount}</strong> from you for {program}, received on {received}. "
        "This was a mistake, and we have taken it back. We are sorry.</p>"
        "<p>{message}</p>"
        "<p>{owed} {place}</p>"
        "<p>{how_to_pay}</p>"
        "<p>Receipt {receipt} is no longer valid. Its cancellation has the number {number}.</p>"
        "<p>{issuer}</p>"
    ),
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "100 USD"),
        "received": (_("Day on which the payment was said to be received"), "29 January 2024"),
        "owed": (_("What is owed now, in a sentence"), "You now owe 1,997 USD."),
        "place": (
            _("What it means for the place, in a sentence; may be empty"),
            "Your place is held until the end of Friday 2 February 2024, Pacific time. Pay 100 USD by then to keep it.",
        ),
        "how_to_pay": (
            _("Bank details and reference, if something is owed"),
            "Pay by bank transfer to:\nFirst Example Bank, account 000123456789, routing 011000015\n"
            "Write this reference on the transfer: PAY-2024-0007",
        ),
        "receipt": (_("Number of the receipt that is cancelled"), "R-2024-0003"),
        "number": (_("Number of the cancellation"), "R-2024-0004"),
    },
    TOLD,
)
CREDIT_NOTE = declared(
    "credit_note",
    _("Credit note"),
    _("Credit note {number}: invoice {invoice} for {program} is cancelled"),
    _(
        "<p>Dear {name},</p>"
        "<p>Invoice {invoice} over <strong>{amount}</strong> for {program} is cancelled: do not pay it. "
        "The credit note is attached.</p>"
        "<p>{reason}</p>"
        "<p>If you have paid already, we give the money back; a mail of its own will tell you when.</p>"
        "<p>{issuer}</p>"
    ),
    FIELDS,
    {
        "number": (_("Number of the credit note"), "CF-CN-00002"),
        "invoice": (_("Number of the invoice it corrects"), "CF-00012"),
        "reason": (_("Why, as the credit note says"), "The registration was cancelled."),
    },
)
REFUND_MADE = declared(
    "refund_made",
    _("Refund paid out"),
    _("Refund of {amount} for {program} is on its way to you"),
    _(
        "<p>Dear {name},</p>"
        "<p>We paid <strong>{amount}</strong> back to you on {paid}, for {program}.</p>"
        "<p>{message}</p>"
        "<p>It can take a few days until it stands in your account.</p>"
        "<p>{issuer}</p>"
    ),
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "100 USD"),
        "paid": (_("Day on which it was paid out"), "2 February 2024"),
    },
    TOLD,
)
REBATE_PAID = declared(
    "rebate_paid",
    _("Rebate paid out"),
    _("Rebate of {amount} for {program} is on its way to you"),
    _(
        "<p>Dear {name},</p>"
        "<p>We paid the rebate of <strong>{amount}</strong> for {program} to you on {paid}.</p>"
        "<p>{message}</p>"
        "<p>It can take a few days until it stands in your account.</p>"
        "<p>{issuer}</p>"
    ),
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "499.25 USD"),
        "paid": (_("Day on which it was paid out"), "1 March 2024"),
    },
    TOLD,
)


ALL = (INVOICE, RECEIPT, PAYMENT_REVERSED, CREDIT_NOTE, REFUND_MADE, REBATE_PAID)


def register() -> None:
    """Declare the kinds to the mail room."""
    for kind in ALL:
        kinds.register(kind)
