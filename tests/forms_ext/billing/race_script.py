"""One race about invoices: lays the ground, forks real processes that start at the same moment, prints JSON.

python -m tests.forms_ext.billing.race_script issue|issue-unguarded|render|killed
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.db import OperationalError, connection, connections  # noqa: E402

from cop_program import clock  # noqa: E402
from forms_ext.billing import actions, invoicing, numbers, pdf, tasks  # noqa: E402
from forms_ext.billing.models import Account, Invoice  # noqa: E402
from forms_ext.mail.models import OutgoingMail  # noqa: E402
from tests.forms_ext.billing.factories import make_issuer, make_member, make_program  # noqa: E402

PAUSE = 0.4
DRAWING = b"drawing"


def ground(members: int) -> list[Account]:
    """Make a program and its members."""
    with clock.at(datetime(2024, 2, 1, 17, tzinfo=UTC)):
        program = make_program()
        make_issuer()
        return [make_member(program, payer_name=f"Member {n}") for n in range(members)]


def issued() -> Invoice:
    """Return an invoice that no worker has seen."""
    [account] = ground(1)
    with patch.object(invoicing, "_draw_pdf_after_commit", lambda invoice: None):
        invoice = actions.issue_invoice(account=account)
    assert invoice
    return invoice


def fork(job: Callable[[], str], go: int) -> tuple[int, int]:
    """Start a process that waits for the end of the pipe `go`, runs `job` and writes what it returns."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        os.read(go, 1)
        os.write(writer, job().encode())
    except BaseException as error:
        os.write(writer, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(0)


def together(jobs: Sequence[Callable[[], str]]) -> list[str]:
    """Run each job in a process of its own, all from the same moment; return what each said."""
    connections.close_all()
    go, starter = os.pipe()
    children = [fork(job, go) for job in jobs]
    time.sleep(0.2)
    os.write(starter, b"g" * len(jobs))
    said = []
    for pid, reader in children:
        with os.fdopen(reader) as pipe:
            said.append(pipe.read())
        os.waitpid(pid, 0)
    return said


def slowly(seconds: float) -> Any:
    """Pause between reading and writing: it invites the others in."""
    draw = numbers.draw

    def slow_draw(**kwargs: Any) -> int:
        time.sleep(seconds)
        return draw(**kwargs)

    return patch.object(numbers, "draw", slow_draw)


def issue(account: Account) -> str:
    with slowly(0.05):
        invoice = invoicing.issue_invoice(account=account)
    return invoice.number if invoice else "none"


def issue_unguarded(account: Account) -> str:
    """Issue without lock, without transaction and, as `main` drops it, without the constraint."""

    def without_lock(account: Account) -> Account:
        return Account.objects.select_related("program__page").get(pk=account.pk)

    with slowly(PAUSE), patch.object(invoicing, "_lock", without_lock):
        for _ in range(20):
            try:
                return str(invoicing.issue_invoice.__wrapped__(account=account).number)  # type: ignore[attr-defined]
            except OperationalError:  # SQLite has no patience left; the race is about what is written
                time.sleep(0.05)
    return "none"


def finish() -> str:
    """Do what the periodic job does, until nothing is left."""
    deadline = time.monotonic() + 15
    while Invoice.objects.filter(mailed_at__isnull=True).exists() and time.monotonic() < deadline:
        tasks.finish_invoices()
        time.sleep(0.1)
    return "done"


def kill_in_the_middle(invoice: Invoice) -> None:
    """Let a worker claim the invoice and kill it while it draws."""
    connections.close_all()
    drawing, told = os.pipe()
    pid = os.fork()
    if not pid:

        def hang(snapshot: object) -> bytes:
            os.write(told, DRAWING)
            time.sleep(60)
            return b""

        with patch.object(pdf, "render", hang), patch.object(tasks, "CLAIM", timedelta(seconds=1)):
            tasks.render_invoice.func(invoice.pk)
        os._exit(0)
    assert os.read(drawing, len(DRAWING)) == DRAWING
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert Invoice.objects.get().pdf_sha256 == ""


def main(race: str) -> dict[str, Any]:
    """Run a race; return what the processes said and what stands in the database."""
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
    elif race == "render":
        invoice = issued()
        said = together([lambda: str(tasks.render_invoice.func(invoice.pk))] * 3)
    elif race == "killed":
        kill_in_the_middle(issued())
        said = together([finish] * 2)
    return {
        "said": said,
        "numbers": list(Invoice.objects.order_by("sequence_number").values_list("sequence_number", flat=True)),
        "accounts": Invoice.objects.values("account").distinct().count(),
        "attempts": list(Invoice.objects.values_list("pdf_attempts", flat=True)),
        "stored": Invoice.objects.exclude(pdf_sha256="").count(),
        "mails": OutgoingMail.objects.filter(kind="invoice").count(),
    }


if __name__ == "__main__":
    result = main(sys.argv[1])
    print(json.dumps(result))
