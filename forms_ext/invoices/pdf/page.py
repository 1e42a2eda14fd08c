"""The document as HTML: every figure and text of a snapshot, ready for layout."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program import formatting
from cop_program.formatting import money_figure

from . import fonts
from .glyphs import JOINERS, drawable, plain

type Snapshot = Mapping[str, Any]


def html(snapshot: Snapshot) -> str:
    """Return the HTML of a snapshot, without its style sheet. Raise FontMissing if this machine lacks its fonts."""
    return _html(snapshot, partial(drawable, points=fonts.covered(snapshot["fonts"])))


def points(snapshot: Snapshot) -> set[int]:
    """Return the code points that the fonts of a document must have."""
    with translation.override(snapshot["language"]):
        shown = _html(snapshot, plain) + numbers()
    return {ord(char) for char in set(shown) - JOINERS if not char.isspace()}


def numbers() -> str:
    """Return what each page says of its number, in the current language."""
    return _("Page %(page)s of %(pages)s")


def _html(snapshot: Snapshot, write: Callable[[str], str]) -> str:
    with translation.override(snapshot["language"]):
        return render_to_string("forms_ext/invoices/page.html", _written(_context(snapshot), write))


def _written(value: Any, write: Callable[[str], str]) -> Any:
    """Return the context with all its texts as they are drawn."""
    if isinstance(value, str):
        return write(value)
    if isinstance(value, Mapping):
        return {key: _written(item, write) for key, item in value.items()}
    if isinstance(value, list):
        return [_written(item, write) for item in value]
    return value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _context(snapshot: Snapshot) -> dict[str, Any]:
    language, currency = snapshot["language"], snapshot["currency"]
    issuer, recipient = snapshot["issuer"], snapshot["recipient"]
    kind = snapshot["kind"]
    abroad = recipient["country"] != issuer["country"]

    def figure(amount: str) -> str:
        return money_figure(Money(Decimal(amount), currency), language)

    def day(iso: str) -> str:
        return formatting.date_text(date.fromisoformat(iso), language) if iso else ""

    due = day(snapshot["due_on"])
    texts = _texts(kind, snapshot)
    return {
        "title": f"{texts['heading']} {snapshot['number']}",
        **texts,
        "kind": kind,
        "lang": language,
        "created": snapshot["issued_at"],
        "number": snapshot["number"],
        "issued": day(snapshot["issued_on"]),
        "due": due,
        "received": day(snapshot.get("received_on", "")),
        "reference": snapshot["reference"],
        "currency": currency,
        "program": snapshot["program"],
        "corrects": snapshot["corrects"]
        and {"number": snapshot["corrects"]["number"], "issued": day(snapshot["corrects"]["issued_on"])},
        "reason": snapshot["reason"],
        "logo": issuer["logo"] and f"cop-logo:{issuer['logo']['sha256']}",
        "issuer": {
            "name": issuer["name"],
            "lines": [*_lines(issuer["address"]), *([issuer["country_name"]] if abroad else [])],
            "tax_id": issuer["tax_id"],
            "email": issuer["email"],
            "website": issuer["website"].removeprefix("https://").removeprefix("http://").rstrip("/"),
            "bank": _lines(issuer["bank_details"]),
        },
        "recipient": [
            recipient["name"],
            *_lines(recipient["address"]),
            *([recipient["country_name"].upper()] if abroad else []),
        ],
        "lines": [{**line, "figure": figure(line["amount"])} for line in snapshot["lines"]],
        "sum": figure(str(abs(Decimal(snapshot["total"])))),
        "total": figure(snapshot["total"]),
        "left": figure(snapshot["left"]) if Decimal(snapshot.get("left", 0)) > 0 else "",
        "credit": figure(str(-Decimal(snapshot["left"]))) if Decimal(snapshot.get("left", 0)) < 0 else "",
    }


def _texts(kind: str, snapshot: Snapshot) -> dict[str, str]:
    if kind == "invoice":
        return {"heading": _("Invoice"), "sum_label": _("Amount due"), "total_label": _("Amount due")}
    if kind == "credit_note":
        return {"heading": _("Credit note"), "sum_label": _("Amount credited"), "total_label": _("Total credited")}
    if kind == "cancellation_fee":
        return {"heading": _("Cancellation fee"), "sum_label": _("Amount kept"), "total_label": _("Total kept")}
    if kind == "receipt_cancellation":
        heading = _("Cancellation of receipt %(receipt)s") % {"receipt": snapshot["corrects"]["number"]}
        labels = {"sum_label": _("Amount cancelled"), "total_label": _("Total cancelled")}
        return {"heading": heading, "title": heading} | labels
    return {"heading": _("Receipt"), "sum_label": _("Amount received"), "total_label": _("Total received")}
