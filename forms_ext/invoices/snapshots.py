"""The content of an invoice, credit note or receipt, frozen as JSON when it is issued."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from babel import Locale
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program import formatting
from cop_program.clock import now
from cop_program.formatting import locale_of, round_minor
from cop_program.translations import title_of

from ..base import logos, private_files
from ..base.errors import ActionRefused
from ..base.text import is_visible
from ..ledger import queries as ledger_queries
from ..ledger.models import Account, AccountRow, Issuer, Payment
from . import pdf
from .models import Invoice

logger = logging.getLogger(__name__)
Kind = AccountRow.Kind
# Countries that use Letter paper; all others use A4.
LETTER = frozenset(
    ["US", "CA", "MX", "PH", "CL", "CO", "CR", "GT", "NI", "PA", "SV", "HN", "DO", "VE", "PR", "BZ", "BO"]
)
LOGO_TYPES = {"png", "jpg", "jpeg", "gif", "webp", "svg"}


class NotPrintable(ActionRefused):
    """A document that would name nobody, or has characters that no font on this server has."""


def page_size(country: str) -> str:
    """Return the paper size that is usual in `country`."""
    return "Letter" if country in LETTER else "A4"


@cache
def _stored_logo(name: str, file_hash: str) -> dict[str, str] | None:
    """Keep a copy of a logo beside the PDFs, under the hash of its bytes; the image may change or go later."""
    kind = name.rpartition(".")[2].lower()
    if kind not in LOGO_TYPES:
        return None
    with default_storage.open(name) as file:
        content: bytes = file.read()
    try:
        logos.check(content)
    except logos.NotDrawable as error:
        logger.warning("The logo %s does not appear on documents: %s", name, error)
        return None
    sha = hashlib.sha256(content).hexdigest()
    path = f"logos/{sha}.{kind}"
    if not private_files.exists(path):
        path = private_files.save(path, content)
    return {"path": path, "sha256": sha}


def _logo(issuer: Issuer) -> dict[str, str] | None:
    if issuer.logo is None:
        return None
    try:
        return _stored_logo(issuer.logo.file.name, issuer.logo.file_hash)
    except FileNotFoundError:
        return None


def _issuer(issuer: Issuer, language: str) -> dict[str, Any]:
    return {
        "name": issuer.name,
        "address": issuer.address,
        "country": issuer.country.code,
        "country_name": country_name(issuer.country.code, language),
        "tax_id": issuer.tax_id,
        "email": issuer.email,
        "website": issuer.website,
        "bank_details": issuer.bank_details,
        "logo": _logo(issuer),
    }


def _base(*, kind: str, account: Account, issuer: Issuer, number: str) -> dict[str, Any]:
    page = account.program.page
    country = account.payer_country.code
    return {
        "version": 1,
        "kind": kind,
        "language": account.language,
        "page_size": page_size(country),
        "number": number,
        "issued_at": now().isoformat(timespec="seconds"),
        "issued_on": ledger_queries.today(account.program).isoformat(),
        "due_on": "",
        "reference": account.reference,
        "currency": account.currency,
        "program": title_of(account.program, account.language),
        "program_starts_on": page.starts_on.isoformat(),
        "program_ends_on": page.ends_on.isoformat(),
        "issuer": _issuer(issuer, account.language),
        "recipient": {
            "name": account.payer_name,
            "address": account.payer_address,
            "country": country,
            "country_name": country_name(country, account.language),
            "email": account.payer_email,
        },
        "corrects": None,
        "reason": "",
    }


def plain(amount: Money) -> str:
    """Return an amount as stored in JSON: a string with the decimals of its currency ("1997.00")."""
    return f"{round_minor(amount).amount:f}"


def _line(kind: str, text: str, detail: str, amount: Money) -> dict[str, str]:
    return {"kind": str(kind), "text": text, "detail": detail, "amount": plain(amount)}


def in_the_past(rows: Iterable[AccountRow]) -> list[AccountRow]:
    """Leave out entries that were posted and reversed: they cancel out and would only confuse."""
    rows = list(rows)
    reversed_rows = {row.reverses_id for row in rows if row.reverses_id}
    return [row for row in rows if row.pk not in reversed_rows and not row.reverses_id]


def _lines(account: Account, rows: Iterable[AccountRow]) -> list[dict[str, str]]:
    page, language = account.program.page, account.language
    title = title_of(account.program, language)
    lines, first_payment = [], True
    for row in in_the_past(rows):
        on = formatting.date_text(row.effective_on, language)
        if row.kind == Kind.FEE:
            dates = _("%(start)s to %(end)s") % {
                "start": formatting.date_text(page.starts_on, language),
                "end": formatting.date_text(page.ends_on, language),
            }
            lines.append(_line(row.kind, title, _("Program fee, %(dates)s") % {"dates": dates}, row.amount))
        elif row.kind == Kind.PAYMENT:
            text = _("Less deposit paid") if first_payment else _("Less payment")
            lines.append(_line(row.kind, text, _("Received on %(day)s") % {"day": on}, row.amount))
            first_payment = False
        else:
            lines.append(_line(row.kind, str(Kind(row.kind).label), on, row.amount))
    return lines


def invoice(
    *, account: Account, issuer: Issuer, rows: Iterable[AccountRow], total: Money, number: str
) -> dict[str, Any]:
    """Return the content of the invoice for `total`."""
    with translation.override(account.language):
        snapshot = _base(kind="invoice", account=account, issuer=issuer, number=number)
        due = ledger_queries.today(account.program) + timedelta(days=issuer.payment_days)
        return snapshot | {
            "due_on": due.isoformat(),
            "lines": _lines(account, rows),
            "total": plain(total),
        }


def credit_note(
    *, account: Account, issuer: Issuer, invoice: Invoice, cause: str | Promise, number: str
) -> dict[str, Any]:
    """Return the content of the credit note over the whole of `invoice`."""
    with translation.override(account.language):
        snapshot = _base(kind="credit_note", account=account, issuer=issuer, number=number)
        lines = [
            line | {"amount": plain(-Money(line["amount"], account.currency))}
            for line in invoice.snapshot.get("lines", [])
        ]
        return snapshot | {
            "corrects": {"number": invoice.number, "issued_on": invoice.snapshot["issued_on"]},
            "reason": str(cause),
            "lines": lines,
            "total": plain(-invoice.total),
        }


def receipt(*, account: Account, number: str, row: AccountRow, method: str) -> dict[str, Any]:
    """Return the content of the receipt for a payment; empty if there is no issuer."""
    issuer = ledger_queries.issuer_for(account.program)
    if issuer is None:
        return {}
    with translation.override(account.language):
        snapshot = _base(kind="receipt", account=account, issuer=issuer, number=number)
        on = formatting.date_text(row.effective_on, account.language)
        detail = f"{Payment.Method(method).label}, " + _("received on %(day)s") % {"day": on}
        return snapshot | {
            "lines": [_line(row.kind, snapshot["program"], detail, -row.amount)],
            "total": plain(-row.amount),
            "received_on": row.effective_on.isoformat(),
            "left": plain(ledger_queries.balance(account)),
        }


def fee_statement(*, account: Account, number: str, fee: AccountRow) -> dict[str, Any]:
    """Return the content of the statement of a cancellation fee; empty if there is no issuer."""
    issuer = ledger_queries.issuer_for(account.program)
    if issuer is None:
        return {}
    with translation.override(account.language):
        snapshot = _base(kind="cancellation_fee", account=account, issuer=issuer, number=number)
        lines = [_line(fee.kind, snapshot["program"], _("Kept of what was paid"), fee.amount)]
        return snapshot | {"lines": lines, "total": plain(fee.amount), "left": "0"}


def cancelled_receipt(payment: Payment, *, number: str) -> dict[str, Any]:
    """Return the content of the cancellation of a receipt; empty if the receipt is empty."""
    receipt = payment.receipt.snapshot
    if not receipt:
        return {}
    amount = plain(payment.row.amount)
    return receipt | {
        "kind": "receipt_cancellation",
        "number": number,
        "issued_at": now().isoformat(timespec="seconds"),
        "issued_on": ledger_queries.today(payment.account.program).isoformat(),
        "corrects": {"number": receipt["number"], "issued_on": receipt["issued_on"]},
        "lines": [line | {"amount": amount} for line in receipt["lines"]],
        "total": amount,
        "received_on": "",
        "left": "0",
    }


def country_name(code: str, language: str) -> str:
    """Return the name of a country in `language`, or its code if that language has no name for it."""
    locale: Locale = locale_of(language)
    return str(locale.territories.get(code, code))


def complete(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a document with the fonts that print it.

    Raise NotPrintable if it names nobody, or no font has some of its characters.
    """
    recipient = snapshot["recipient"]
    words = {"name": recipient["name"], "account": snapshot["reference"]}
    if not is_visible(recipient["name"]):
        raise NotPrintable(
            _("The billing name of account %(account)s is empty. Correct it before you issue a document.") % words
        )
    try:
        return pdf.with_fonts(snapshot)
    except pdf.NotPrintable as error:
        words = {**words, "characters": pdf.described(error.points)}
        if error.points & set(map(ord, f"{recipient['name']}{recipient['address']}")):
            refused = _(
                "No document can be printed for %(name)s (%(account)s), because no font on this server has "
                "%(characters)s. Correct the billing name and address, or have a font for this script installed."
            )
        else:
            refused = _(
                "No document can be printed for %(name)s (%(account)s), because no font on this server has "
                "%(characters)s. It is in the title of the program, the details of the issuer or the reason."
            )
        raise NotPrintable(refused % words) from error
