"""Races about invoices and payments: prepares, starts workers at the same moment, returns the result."""

import os
import secrets
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection

from cop_program import clock
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import actions, files, numbers, pdf, tasks
from forms_ext.invoices.models import Invoice, InvoiceFile
from forms_ext.ledger import actions as ledger_actions
from forms_ext.ledger import queries as ledger_queries
from forms_ext.ledger.models import Account, AccountRow
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.ledger.factories import make_issuer, make_member, make_program
from tests.racing import persist, together

PAUSE = 0.4


def ground(members: int) -> list[Account]:
    """Make a program and its members."""
    with clock.at(datetime(2024, 2, 1, 17, tzinfo=UTC)):
        program = make_program()
        make_issuer()
        return [make_member(program, payer_name=f"Member {n}") for n in range(members)]


def issued() -> Invoice:
    """Return an invoice that no worker has seen."""
    [account] = ground(1)
    with patch.object(actions, "_draw_pdf_after_commit", lambda invoice: None):
        invoice = actions.issue_invoice(account=account)
    assert invoice
    return invoice


def slowly(seconds: float) -> Any:
    """Pause between reading and writing: it invites the others in."""
    draw = numbers.draw

    def slow_draw(**kwargs: Any) -> int:
        time.sleep(seconds)
        return draw(**kwargs)

    return patch.object(numbers, "draw", slow_draw)


def issue(account: Account) -> str:
    with slowly(0.05):
        invoice = actions.issue_invoice(account=account)
    return invoice.number if invoice else "none"


def issue_unguarded(account: Account) -> str:
    """Issue without lock, transaction, chain and, as `main` drops it, without the constraint."""
    draw = numbers.draw

    def without_lock(pk: int) -> Account:
        return Account.objects.select_related("program__page").get(pk=pk)

    def without_chain(**kwargs: Any) -> numbers.Drawn:
        time.sleep(PAUSE)
        drawn = draw(**kwargs)
        return drawn._replace(place=drawn.place | {"previous_hash": secrets.token_hex(32)})

    with patch.object(numbers, "draw", without_chain), patch.object(ledger_queries, "locked", without_lock):
        return str(persist(lambda: actions.issue_invoice.__wrapped__(account=account).number))  # type: ignore[attr-defined]


def take_back(account: Account) -> str:
    """Reverse the payment, unless another process has done so meanwhile."""
    payment = account.payments.select_related("account__program").get()
    try:
        return str(persist(lambda: ledger_actions.reverse_payment(payment=payment, reason="Wrong").number))
    except ActionRefused as refused:
        return str(refused)


def finish() -> str:
    """Do what the periodic job does, until nothing is left."""
    deadline = time.monotonic() + 15
    while Invoice.objects.filter(mailed_at__isnull=True).exists() and time.monotonic() < deadline:
        tasks.finish_invoices()
        time.sleep(0.1)
    return "done"


def die(invoice: Invoice) -> None:
    """Claim the invoice as a worker does, and be killed while drawing it."""

    def killed(snapshot: object) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    with patch.object(pdf, "render", killed), patch.object(files, "CLAIM", timedelta(seconds=1)):
        tasks.render_invoice.func(invoice.pk)


def main(race: str) -> dict[str, Any]:
    """Run a race; return the results of the processes and the state of the database."""
    said: list[str] = []
    if race == "issue":
        first, *others = ground(3)
        accounts = [first, first, first, *others]
        said = together([lambda account=account: issue(account) for account in accounts])
    elif race == "issue-unguarded":
        [account] = ground(1)
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX forms_ext_invoice_one_open")
        said = together([lambda: issue_unguarded(account)] * 3)
    elif race == "reverse":
        [account] = ground(1)
        said = together([lambda: take_back(account)] * 4)
    elif race == "render":
        invoice = issued()
        said = together([lambda: str(tasks.render_invoice.func(invoice.pk))] * 3)
    elif race == "killed":
        invoice = issued()
        assert together([lambda: die(invoice)]) == [{"died": signal.SIGKILL}]
        assert not InvoiceFile.objects.exists()
        said = together([finish] * 2)
    return {
        "said": said,
        "numbers": list(Invoice.objects.order_by("sequence_number").values_list("sequence_number", flat=True)),
        "accounts": Invoice.objects.values("account").distinct().count(),
        "attempts": list(Invoice.objects.values_list("pdf_attempts", flat=True)),
        "stored": InvoiceFile.objects.count(),
        "rows": AccountRow.objects.filter(kind="payment_reversal").count(),
        "told": OutgoingMail.objects.filter(kind="payment_reversed").count(),
        "mails": OutgoingMail.objects.filter(kind="invoice").count(),
    }
