"""Recompute each document from the entries of its account, in the order in which events tell of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any

from djmoney.money import Money

from ..base.models import Event
from ..base.references import reference_to
from ..ledger.models import Account, AccountRow
from .models import Invoice, Receipt
from .snapshots import in_the_past, plain

BATCH = 500
#: A moment has a day earlier than this, and one later, somewhere on Earth: zones of programs can be changed.
EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)


def differing() -> Iterator[str]:
    """Yield a sentence for each entry or document that is not what the events and the entries before it make it."""
    for accounts in batched(Account.objects.order_by("pk").iterator(chunk_size=BATCH), BATCH):
        wanted = [account.pk for account in accounts]
        rows = _by_account(AccountRow.objects.filter(account__in=wanted))
        invoices = _by_account(Invoice.objects.filter(account__in=wanted).select_related("corrects"))
        receipts = _by_account(
            Receipt.objects.filter(account__in=wanted).select_related(
                "payment__row", "fee", "reversal__row", "reversal__payment__receipt"
            )
        )
        events = defaultdict(list)
        references = [reference_to(account) for account in accounts]
        for event in Event.objects.filter(subject__in=references).order_by("pk").defer("rows"):
            events[event.subject].append(event)
        for account in accounts:
            told = events[reference_to(account)]
            for text in _account_differs(told, rows[account.pk], invoices[account.pk], receipts[account.pk]):
                yield f"Account {account}: {text}"


def _by_account(found: Iterable[Any]) -> dict[int, dict[int, Any]]:
    rows: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in found:
        rows[row.account_id][row.pk] = row
    return rows


def _account_differs(
    events: list[Event],
    rows: dict[int, AccountRow],
    invoices: dict[int, Invoice],
    receipts: dict[int, Receipt],
) -> Iterator[str]:
    posted: list[AccountRow] = []
    for event in events:
        verb, data = event.name.rpartition(".")[2], event.data
        if "entry" in data:
            row = rows.pop(data["entry"], None)
            if row is None or (row.kind, row.amount) != (verb, Money(data["amount"], data["currency"])):
                yield f"entry {data['entry']} is not the {verb} of {data['amount']} {data['currency']} that was posted."
            if row is not None:
                posted.append(row)
        elif verb in ("issue_invoice", "issue_credit_note"):
            yield from _document_differs(invoices.pop(data["invoice"], None), data["number"], posted)
        elif verb in ("issue_receipt", "cancel_receipt", "issue_fee_statement"):
            yield from _document_differs(receipts.pop(data["receipt"], None), data["number"], posted)
    yield from (f"entry {pk} was posted by no event." for pk in rows)
    yield from (f"{document.number} was issued by no event." for document in [*invoices.values(), *receipts.values()])


def _document_differs(document: Invoice | Receipt | None, number: str, posted: list[AccountRow]) -> Iterator[str]:
    if document is None:
        yield f"{number} is gone."
        return
    if document.number != number:
        yield f"{number} has become {document.number}."
    if not document.snapshot:
        return
    try:
        wanted = _of_invoice(document, posted) if isinstance(document, Invoice) else _of_receipt(document, posted)
        found = document.snapshot | {"lines": _plain_lines(document.snapshot)}
        wrong = [name for name, value in wanted.items() if found[name] != value]
        if not _is_day_of(document.issued_at, document.snapshot):
            wrong.append("issued_on")
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        wrong = [f"content ({type(error).__name__})"]
    if not number.endswith(f"{document.sequence_number:04d}"):
        wrong.append("sequence number")
    if wrong:
        yield f"{number} does not fit its account: {', '.join(wrong)}."


def _of_invoice(invoice: Invoice, posted: list[AccountRow]) -> dict[str, Any]:
    """Return what the snapshot of an invoice or credit note must say."""
    same = {"number": invoice.number, "kind": invoice.kind, "total": plain(invoice.total)}
    if invoice.corrects:
        earlier = invoice.corrects.snapshot
        return same | {
            "total": plain(-invoice.corrects.total),
            "corrects": {"number": invoice.corrects.number, "issued_on": earlier["issued_on"]},
            "lines": [(kind, -amount) for kind, amount in _plain_lines(earlier)],
            "currency": str(invoice.total.currency),
        }
    owed = sum((row.amount for row in posted), Money(0, invoice.total.currency))
    return same | {
        "total": plain(owed),
        "due_on": invoice.due_on.isoformat() if invoice.due_on else "",
        "lines": [(str(row.kind), row.amount.amount) for row in in_the_past(posted)],
        "currency": str(invoice.total.currency),
    }


def _of_receipt(receipt: Receipt, posted: list[AccountRow]) -> dict[str, Any]:
    """Return what the snapshot of a receipt, of the cancellation of one, or of a cancellation fee must say."""
    if receipt.fee:
        fee = receipt.fee
        return {
            "number": receipt.number,
            "kind": "cancellation_fee",
            "total": plain(fee.amount),
            "currency": str(fee.amount.currency),
            "lines": [(str(fee.kind), fee.amount.amount)],
        }
    if receipt.reversal:
        payment = receipt.reversal.payment
        first = payment.receipt
        return {
            "number": receipt.number,
            "kind": "receipt_cancellation",
            "total": plain(payment.row.amount),
            "corrects": {"number": first.number, "issued_on": first.snapshot["issued_on"]},
        }
    assert receipt.payment is not None
    row = receipt.payment.row
    return {
        "number": receipt.number,
        "kind": "receipt",
        "total": plain(-row.amount),
        "received_on": row.effective_on.isoformat(),
        "currency": str(row.amount.currency),
        "lines": [(str(row.kind), -row.amount.amount)],
        "left": plain(sum((one.amount for one in posted), Money(0, row.amount.currency))),
    }


def _plain_lines(snapshot: dict[str, Any]) -> list[tuple[str, Decimal]]:
    return [(line["kind"], Decimal(line["amount"])) for line in snapshot["lines"]]


def _is_day_of(moment: datetime, snapshot: dict[str, Any]) -> bool:
    """Tell whether a document bears the instant and a day of its row."""
    written = datetime.fromisoformat(snapshot["issued_at"])
    days = {(moment + offset).date().isoformat() for offset in (EARLIEST, timedelta(), LATEST)}
    return abs(written - moment) < timedelta(minutes=1) and snapshot["issued_on"] in days
