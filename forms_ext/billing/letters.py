"""Puts the mails of the room into the outbox, in the transaction of what they tell."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program import way
from cop_program.translations import title_of

from ..base.money import format_money
from ..mail.actions import Attachment, send
from . import queries, words
from .models import Account, Invoice, Payment, PaymentReversal, RebateDue, RefundDue
from .signals import Consequence

RECEIPT = "receipt"  # the scheme of attachments that are receipts


def _send(
    *,
    kind: str,
    account: Account,
    about: str,
    amount: Money,
    fields: Mapping[str, str],
    issuer: Mapping[str, str],
    step: str = "",
    attachments: Sequence[Attachment] = (),
) -> None:
    send(
        kind=kind,
        to=account.payer_email,
        to_name=account.payer_name,
        fields={
            "name": account.payer_name,
            "program": title_of(account.program, account.language),
            "amount": format_money(amount, account.language),
            "issuer": issuer.get("name", ""),
            "way": way.line(account.program, step, account.language) if step else "",
            **fields,
        },
        scope=f"program:{account.program_id}",
        language=account.language,
        about=about,
        reply_to=issuer.get("email", ""),
        attachments=attachments,
    )


def values_of(kind: str, account: Account) -> dict[str, str]:
    """Return what a mail of `kind` would say to the payer of `account` now, as far as it can be known."""
    issuer = queries.issuer_for(account.program)
    values = {
        "name": account.payer_name,
        "program": title_of(account.program, account.language),
        "issuer": issuer.name if issuer else "",
        "amount": format_money(abs(queries.balance(account)), account.language),
        "reference": account.reference,
        "bank_details": issuer.bank_details if issuer else "",
    }
    with translation.override(account.language):
        return values | {"balance": _left(account)}


def _issuer(account: Account) -> dict[str, str]:
    issuer = queries.issuer_for(account.program)
    return {"name": issuer.name, "email": issuer.email} if issuer else {}


def send_invoice(invoice: Invoice) -> None:
    """Mail an invoice or a credit note with its PDF, which must be stored."""
    account, snapshot = invoice.account, invoice.snapshot
    issuer = snapshot["issuer"]
    fields = {"number": invoice.number}
    if invoice.kind == Invoice.Kind.INVOICE:
        due = date.fromisoformat(snapshot["due_on"])
        fields |= {
            "due": words.day(due, account.language),
            "reference": account.reference,
            "bank_details": issuer["bank_details"],
        }
    else:
        fields |= {"invoice": snapshot["corrects"]["number"], "reason": snapshot["reason"]}
    attachment = Attachment(invoice.pdf_path, f"{invoice.number}.pdf", "application/pdf")
    _send(
        kind=invoice.kind,
        account=account,
        about=f"invoice:{invoice.pk}",
        amount=abs(invoice.total),
        fields=fields,
        issuer=issuer,
        step="balance" if invoice.kind == Invoice.Kind.INVOICE else "",
        attachments=[attachment],
    )


def _left(account: Account) -> str:
    """Say what is left to pay, in a sentence."""
    owed = queries.balance(account)
    amount = format_money(abs(owed), account.language)
    if owed.amount < 0:
        return _("You paid %(amount)s more than is owed. We will get in touch about it.") % {"amount": amount}
    if owed.amount == 0:
        return _("Nothing is left to pay.")
    if invoice := queries.open_invoice(account):
        return _("%(amount)s is left to pay of invoice %(number)s.") % {"amount": amount, "number": invoice.number}
    return _("%(amount)s is left to pay; an invoice will tell you when.") % {"amount": amount}


def send_receipt(payment: Payment) -> None:
    """Tell the payer that a payment has arrived and what is left; its PDF is drawn when the mail goes out."""
    account, number = payment.account, payment.receipt_number
    attachments = [Attachment(f"{RECEIPT}:{number}", f"{number}.pdf", "application/pdf")] if payment.snapshot else []
    with translation.override(account.language):
        fields = {
            "number": number,
            "received": words.day(payment.received_on, account.language),
            "balance": _left(account),
        }
    _send(
        kind="receipt",
        account=account,
        about=f"account:{account.pk}",
        amount=-payment.row.amount,
        fields=fields,
        issuer=_issuer(account),
        step=_step(account),
        attachments=attachments,
    )


def send_payment_reversed(reversal: PaymentReversal, told: Sequence[Consequence], message: str) -> None:
    """Tell the payer that a payment was taken back, what is owed now and what that means; `message` as staff wrote it.

    The PDF that cancels the receipt is drawn when the email goes out.
    """
    payment, number = reversal.payment, reversal.number
    account = payment.account
    attachments = [Attachment(f"{RECEIPT}:{number}", f"{number}.pdf", "application/pdf")] if reversal.snapshot else []
    with translation.override(account.language):
        fields = {
            "number": number,
            "receipt": payment.receipt_number,
            "received": words.day(payment.received_on, account.language),
            "message": message.strip(),
            "owed": _owed(account),
            "place": " ".join(consequence.text for consequence in told if consequence.text),
            "how_to_pay": _how_to_pay(account),
        }
    _send(
        kind="payment_reversed",
        account=account,
        about=f"account:{account.pk}",
        amount=payment.received,
        fields=fields,
        issuer=_issuer(account),
        step=told[0].step if told else _step(account),
        attachments=attachments,
    )


def _owed(account: Account) -> str:
    """Say what is owed after a payment was taken back, and by which invoice; in credit, what becomes of it."""
    balance, language = queries.balance(account), account.language
    amount = format_money(abs(balance), language)
    if balance.amount > 0:
        said = _("You now owe %(amount)s.") % {"amount": amount}
        invoice = queries.open_invoice(account)
        if invoice is None or invoice.due_on is None:
            return said
        asked = _("Invoice %(number)s for %(total)s, due by %(due)s, is to be paid.") % {
            "number": invoice.number,
            "total": format_money(invoice.total, language),
            "due": words.day(invoice.due_on, language),
        }
        return f"{said} {asked}"
    listed = queries.listed(account).amount > 0
    if balance.amount == 0:
        return _("You owe nothing. No refund is due to you.") if listed else _("You owe nothing.")
    if listed:
        return _("You have paid %(amount)s more than is owed. We will pay it back to you.") % {"amount": amount}
    return _("You have paid %(amount)s more than is owed. We will get in touch about it.") % {"amount": amount}


def _how_to_pay(account: Account) -> str:
    """Return the bank details and the reference, if something is owed."""
    issuer = queries.issuer_for(account.program)
    if queries.balance(account).amount <= 0 or issuer is None:
        return ""
    reference = _("Write this reference on the transfer: %(reference)s") % {"reference": account.reference}
    return "\n".join([_("Pay by bank transfer to:"), issuer.bank_details, reference])


def _step(account: Account) -> str:
    """Return where a payer stands on the way after a payment."""
    if queries.balance(account).amount <= 0:
        return "paid"
    return "balance" if queries.open_invoice(account) else "deposit"


def send_refund_made(refund: RefundDue, account: Account, message: str) -> None:
    """Tell the payer that a refund was paid out, and what staff write about it."""
    row = refund.settled_by_row
    assert row is not None
    _send(
        kind="refund_made",
        account=account,
        about=f"account:{account.pk}",
        amount=refund.amount,
        fields={"paid": words.day(row.effective_on, account.language), "message": message.strip()},
        issuer=_issuer(account),
    )


def send_rebate_paid(rebate: RebateDue, account: Account, message: str) -> None:
    """Tell the payer that a rebate was paid out, and what staff write about it."""
    row = rebate.paid_row
    assert row is not None
    _send(
        kind="rebate_paid",
        account=account,
        about=f"account:{account.pk}",
        amount=rebate.amount,
        fields={"paid": words.day(row.effective_on, account.language), "message": message.strip()},
        issuer=_issuer(account),
    )
