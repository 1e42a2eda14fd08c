"""Puts the mails of `invoices` into the email log, in the transaction of what they tell."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_program import formatting
from cop_program.clock import now
from cop_program.models import Program
from cop_program.presentation.context import is_over
from cop_program.translations import title_of

from ..base import recipients, standing
from ..base.money import format_money
from ..base.references import reference_to
from ..ledger import queries as ledger_queries
from ..ledger.emails import FIELDS, ISSUER, REBATE_PAID, REFUND_MADE, issuer_values, send_to_payer
from ..ledger.models import Account, PaymentReversal
from ..mail import email_types
from ..mail.actions import Attachment
from ..mail.email_types import GREETING, HOW_TO_PAY, PRIVATE_LINK, STAFF_MESSAGE, TOLD, TRANSFER, define, paragraph
from . import queries
from .models import Invoice, Receipt

REMINDER_LASTS = timedelta(days=7)
RECEIPT = "receipt"  # the scheme of attachments that are receipts


def values_of(kind: str, account: Account) -> dict[str, str]:
    """Return what an email of type `kind` would say to the payer of `account` now, as far as it can be known."""
    issuer = ledger_queries.issuer_for(account.program)
    person = recipients.find(reference_to(account))
    values = {
        "name": person.name if person else account.payer_name,
        "program": title_of(account.program, account.language),
        "issuer": issuer.name if issuer else "",
        "amount": format_money(abs(ledger_queries.balance(account)), account.language),
        "reference": account.reference,
        "bank_details": issuer.bank_details if issuer else "",
    }
    with translation.override(account.language):
        return values | {"balance": balance_sentence(account)}


def send_invoice(invoice: Invoice) -> None:
    """Email an invoice or a credit note with its PDF, which must be stored."""
    account, snapshot = invoice.account, invoice.snapshot
    issuer = snapshot["issuer"]
    fields = {"number": invoice.number}
    if invoice.kind == Invoice.Kind.INVOICE:
        due = date.fromisoformat(snapshot["due_on"])
        fields |= {
            "due": formatting.date_text(due, account.language),
            "way": _standing_line(account),
            "reference": account.reference,
            "bank_details": issuer["bank_details"],
        }
    else:
        fields |= {
            "invoice": snapshot["corrects"]["number"],
            "reason": snapshot["reason"],
            "money": _refund_sentence(account),
        }
    attachment = Attachment(invoice.pdf_path, f"{invoice.number}.pdf", "application/pdf")
    send_to_payer(
        kind=invoice.kind,
        account=account,
        about=reference_to(invoice),
        amount=abs(invoice.total),
        fields=fields,
        issuer=issuer,
        attachments=[attachment],
    )


def send_reminder(invoice: Invoice, account: Account, message: str) -> None:
    """Remind the payer of an overdue invoice, and of what is left of it now; a week later it is out of date."""
    assert invoice.due_on is not None
    issuer = invoice.snapshot["issuer"]
    file = [Attachment(invoice.pdf_path, f"{invoice.number}.pdf", "application/pdf")] if invoice.pdf_path else []
    send_to_payer(
        kind=PAYMENT_REMINDER.name,
        account=account,
        about=reference_to(account),
        amount=ledger_queries.balance(account),
        fields={
            "number": invoice.number,
            "due": formatting.date_text(invoice.due_on, account.language),
            "reference": account.reference,
            "bank_details": issuer["bank_details"],
            "message": message.strip(),
            "way": _standing_line(account),
        },
        issuer=issuer,
        attachments=file,
        last_moment=now() + REMINDER_LASTS,
    )


def balance_sentence(account: Account) -> str:
    """Say what is left to pay, in a sentence in the language in use."""
    owed = ledger_queries.balance(account)
    amount = format_money(abs(owed), account.language)
    if owed.amount < 0:
        return _overpaid(account, amount)
    if owed.amount == 0:
        return gettext("You have nothing left to pay.")
    if invoice := queries.open_invoice(account):
        return gettext("You still have %(amount)s to pay on invoice %(number)s.") % {
            "amount": amount,
            "number": invoice.number,
        }
    if not _is_to_be_invoiced(account.program):
        return gettext("You still have %(amount)s to pay.") % {"amount": amount}
    return gettext("You still have %(amount)s to pay. We will email you an invoice with the due date.") % {
        "amount": amount
    }


def _is_to_be_invoiced(program: Program) -> bool:
    return program.status == Program.Status.CONFIRMED or (
        program.status == Program.Status.OPEN and not is_over(program.page)
    )


def _overpaid(account: Account, amount: str) -> str:
    if ledger_queries.listed(account).amount > 0:
        return gettext("You have paid %(amount)s more than the amount due. We will refund the difference.") % {
            "amount": amount
        }
    return gettext("You have paid %(amount)s more than the amount due. We will contact you about it.") % {
        "amount": amount
    }


def receipt_file(receipt: Receipt) -> list[Attachment]:
    """Return the PDF of a receipt as an attachment, which is drawn when the email goes out; nothing without content."""
    number = receipt.number
    return [Attachment(f"{RECEIPT}:{number}", f"{number}.pdf", "application/pdf")] if receipt.snapshot else []


def send_receipt(receipt: Receipt, balance: str = "") -> None:
    """Tell the payer that a payment has arrived and what is left, which `balance` says in other words."""
    payment, account = receipt.payment, receipt.account
    assert payment is not None
    with translation.override(account.language):
        fields = {
            "number": receipt.number,
            "received": formatting.date_text(payment.received_on, account.language),
            "balance": balance or balance_sentence(account),
            "way": _standing_line(account),
        }
    send_to_payer(
        kind="receipt",
        account=account,
        about=reference_to(account),
        amount=-payment.row.amount,
        fields=fields,
        issuer=issuer_values(account),
        attachments=receipt_file(receipt),
    )


def send_payment_reversed(reversal: PaymentReversal, told: Sequence[str], message: str) -> None:
    """Tell the payer that a payment was taken back, what is owed now and what that means; `message` as staff wrote it.

    The PDF that cancels the receipt is drawn when the email goes out.
    """
    payment, receipt = reversal.payment, reversal.receipt
    account = payment.account
    with translation.override(account.language):
        fields = {
            "number": receipt.number,
            "receipt": payment.receipt.number,
            "received": formatting.date_text(payment.received_on, account.language),
            "message": message.strip(),
            "owed": _owed(account),
            "place": " ".join(told),
            "how_to_pay": _how_to_pay(account),
            "way": _standing_line(account),
        }
    send_to_payer(
        kind="payment_reversed",
        account=account,
        about=reference_to(account),
        amount=payment.received,
        fields=fields,
        issuer=issuer_values(account),
        attachments=receipt_file(receipt),
    )


def _refund_sentence(account: Account) -> str:
    """Say what is listed for refund and in credit; nothing if that is nothing."""
    amount = ledger_queries.to_refund(account)
    if amount.amount <= 0:
        return ""
    with translation.override(account.language):
        return gettext("We will refund you %(amount)s and email you when it is on its way.") % {
            "amount": format_money(amount, account.language)
        }


def _owed(account: Account) -> str:
    """Say what is owed after a payment was taken back, and by which invoice; in credit, what becomes of it."""
    balance, language = ledger_queries.balance(account), account.language
    amount = format_money(abs(balance), language)
    if balance.amount > 0:
        said = gettext("The amount due is now %(amount)s.") % {"amount": amount}
        invoice = queries.open_invoice(account)
        if invoice is None or invoice.due_on is None:
            return said
        asked = gettext("Pay invoice %(number)s for %(total)s by %(due)s.") % {
            "number": invoice.number,
            "total": format_money(invoice.total, language),
            "due": formatting.date_text(invoice.due_on, language),
        }
        return f"{said} {asked}"
    listed = ledger_queries.listed(account).amount > 0
    if balance.amount == 0:
        return (
            gettext("You have nothing to pay, and no refund is due to you.")
            if listed
            else gettext("You have nothing to pay.")
        )
    return _overpaid(account, amount)


def _how_to_pay(account: Account) -> str:
    """Return the bank details and the reference, if something is owed."""
    issuer = ledger_queries.issuer_for(account.program)
    if ledger_queries.balance(account).amount <= 0 or issuer is None:
        return ""
    reference = gettext("Include this reference with your transfer: %(reference)s") % {"reference": account.reference}
    return "\n".join([gettext("Pay by bank transfer to:"), issuer.bank_details, reference])


def _standing_line(account: Account) -> str:
    return standing.line(reference_to(account), account.language)


INVOICE = define(
    "invoice",
    _("Invoice"),
    _("Invoice {number} for {amount}, due by {due}: {program}"),
    [
        GREETING,
        paragraph(_("Your invoice for {program} is attached. Pay {amount} by {due}."), strong=("amount", "due")),
        *HOW_TO_PAY,
        paragraph(_("Include this reference with your transfer: {reference}"), strong=("reference",)),
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    TRANSFER,
    {
        "number": (_("Invoice number"), "CF-00012"),
        "due": (_("Due date"), "15 February 2024"),
        "reference": (_("Reference for the transfer"), "PAY-2024-0007"),
    },
)


PAYMENT_REMINDER = define(
    "payment_reminder",
    _("Reminder of an overdue balance"),
    _("{amount} was due on {due}: {program}"),
    [
        GREETING,
        paragraph(
            _("{amount} of invoice {number} for {program} was due on {due}, and we have not received it."),
            strong=("amount", "due"),
        ),
        STAFF_MESSAGE,
        paragraph(_("If you have already paid, you do not need to do anything.")),
        *HOW_TO_PAY,
        paragraph(_("Include this reference with your transfer: {reference}"), strong=("reference",)),
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    TRANSFER,
    TOLD,
    {
        "number": (_("Invoice number"), "CF-00012"),
        "due": (_("Due date"), "15 February 2024"),
        "reference": (_("Reference for the transfer"), "PAY-2024-0007"),
    },
)


RECEIPT_EMAIL = define(
    "receipt",
    _("Receipt"),
    _("Receipt {number}, {amount} received: {program}"),
    [
        GREETING,
        paragraph(
            _("We received your payment of {amount} for {program} on {received}. Thank you."), strong=("amount",)
        ),
        paragraph("{balance}"),
        paragraph(_("Your receipt number is {number}. Keep it for your records.")),
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "100 USD"),
        "number": (_("Receipt number"), "R-2024-0003"),
        "received": (_("Date on which the payment was received"), "29 January 2024"),
        "balance": (
            _("What is left to pay, in a sentence"),
            "You still have 1,897 USD to pay. We will email you an invoice with the due date.",
        ),
    },
)


PAYMENT_REVERSED = define(
    "payment_reversed",
    _("Payment reversed"),
    _("Correction: your payment of {amount} for {program} was recorded by mistake"),
    [
        GREETING,
        paragraph(
            _("We recorded a payment of {amount} from you for {program}, received on {received}."), strong=("amount",)
        ),
        paragraph(_("This was a mistake, and we have reversed it. We apologize.")),
        STAFF_MESSAGE,
        paragraph("{owed} {place}"),
        paragraph("{how_to_pay}"),
        paragraph(_("Receipt {receipt} is no longer valid. The number of its cancellation is {number}.")),
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "100 USD"),
        "received": (_("Date on which the payment was recorded as received"), "29 January 2024"),
        "owed": (_("Amount due now, in a sentence"), "The amount due is now 1,997 USD."),
        "place": (
            _("What happens to the place, in a sentence, or empty"),
            "Your place is held until the end of Friday 2 February 2024, Pacific time. Pay 100 USD by then to keep it.",
        ),
        "how_to_pay": (
            _("Bank details and reference, if there is an amount due"),
            "Pay by bank transfer to:\nFirst Example Bank, account 000123456789, routing 011000015\n"
            "Include this reference with your transfer: PAY-2024-0007",
        ),
        "receipt": (_("Number of the cancelled receipt"), "R-2024-0003"),
        "number": (_("Number of the cancellation"), "R-2024-0004"),
    },
    TOLD,
)


CREDIT_NOTE = define(
    "credit_note",
    _("Credit note"),
    _("Credit note {number}, invoice {invoice} cancelled: {program}"),
    [
        GREETING,
        paragraph(
            _("We have cancelled invoice {invoice} of {amount} for {program}. Do not pay it."), strong=("amount",)
        ),
        paragraph("{reason}"),
        paragraph(_("The credit note is attached.")),
        paragraph("{money}"),
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    {
        "number": (_("Credit note number"), "CF-CN-00002"),
        "invoice": (_("Number of the cancelled invoice"), "CF-00012"),
        "reason": (_("Reason stated on the credit note"), "The registration was cancelled."),
        "money": (
            _("What is refunded, in a sentence, or empty"),
            "We will refund you 100 USD and email you when it is on its way.",
        ),
    },
)


ALL = (INVOICE, PAYMENT_REMINDER, RECEIPT_EMAIL, PAYMENT_REVERSED, CREDIT_NOTE, REFUND_MADE, REBATE_PAID)


def register() -> None:
    """Declare the types of email."""
    for kind in ALL:
        email_types.register(kind)
