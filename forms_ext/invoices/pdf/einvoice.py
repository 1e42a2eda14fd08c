"""The invoice for machines: Factur-X (ZUGFeRD), profile EN 16931, from the snapshot only.

Our invoices show no tax, so each line is outside the scope of VAT (category O). Earlier payments are the prepaid
amount. A credit note states the amounts of the invoice that it cancels.
"""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

NAME = "factur-x.xml"
TYPES = {"invoice": "380", "credit_note": "381"}
CHARGES = {"fee", "cancellation_fee"}
CENT = Decimal("0.01")
ADDRESS_LINES = 3


def xml(snapshot: Mapping[str, Any]) -> str:
    """Return the invoice or credit note as Cross Industry Invoice; '' if the standard cannot express it.

    A receipt is not an invoice. The standard has no amount with three decimals, and no invoice without a charge.
    """
    kind = TYPES.get(snapshot["kind"])
    sign = -1 if snapshot["kind"] == "credit_note" else 1
    lines = [line for line in snapshot["lines"] if line.get("kind") in CHARGES]
    charged = sum((sign * Decimal(line["amount"]) for line in lines), Decimal(0))
    total = sign * Decimal(snapshot["total"])
    amounts = [Decimal(line["amount"]) for line in snapshot["lines"]]
    if kind is None or not lines or any(amount != amount.quantize(CENT) for amount in amounts):
        return ""
    corrects = snapshot["corrects"]
    context = {
        "number": snapshot["number"],
        "type": kind,
        "issued": _day(snapshot["issued_on"]),
        "due": _day(snapshot["due_on"]),
        "starts": _day(snapshot["program_starts_on"]),
        "ends": _day(snapshot["program_ends_on"]),
        "reason": snapshot["reason"],
        "reference": snapshot["reference"],
        "currency": snapshot["currency"],
        "seller": _party(snapshot["issuer"]) | {"legal_id": snapshot["issuer"]["tax_id"]},
        "buyer": _party(snapshot["recipient"]),
        "bank": ", ".join(snapshot["issuer"]["bank_details"].split("\n")),
        "lines": [line | {"amount": _amount(sign * Decimal(line["amount"]))} for line in lines],
        "charged": _amount(charged),
        "prepaid": _amount(charged - total),
        "total": _amount(total),
        "corrects": corrects and {"number": corrects["number"], "issued": _day(corrects["issued_on"])},
    }
    return render_to_string("forms_ext/invoices/invoice.xml", _clean(context))


def _party(party: Mapping[str, Any]) -> dict[str, Any]:
    lines = [line.strip() for line in party["address"].splitlines() if line.strip()]
    first, rest = lines[: ADDRESS_LINES - 1], lines[ADDRESS_LINES - 1 :]
    return {
        "name": party["name"],
        "lines": [*first, *([", ".join(rest)] if rest else [])],
        "country": party["country"],
        "email": party["email"],
    }


def _day(iso: str) -> str:
    return iso.replace("-", "")


def _amount(value: Decimal) -> str:
    return f"{value.quantize(CENT):f}"


def _clean(value: Any) -> Any:
    """Drop what XML cannot contain: control characters and lone surrogates."""
    if isinstance(value, str):
        return "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
