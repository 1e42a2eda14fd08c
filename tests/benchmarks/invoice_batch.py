"""200 invoices issued, rendered and stored by two worker processes, compared with one; queries and memory per invoice.

Only our own work is measured: neither the bookkeeping of the task queue nor the email that follows, nor the start of a
worker, which loads WeasyPrint and the fonts once. Each worker renders one page, reports that it is ready, and all start
at the same moment.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Row, row

INVOICES = int(os.environ.get("COP_BENCH_INVOICES", "200"))
WARM = INVOICES // 2  # after so many, caches are full and memory must not grow any more
ROUNDS = 3
READY = b"r"


def run() -> list[Row]:
    """Measure one worker and two in turn, each time on a new database."""
    pairs = [(_measure(1), _measure(2)) for _ in range(ROUNDS)]
    single = {key: statistics.median(one[key] for one, _ in pairs) for key in pairs[0][0]}
    seconds = statistics.median(two["seconds"] for _, two in pairs)
    gain = single["seconds"] / seconds
    return [
        row(
            "invoice_batch.two_workers",
            INVOICES / seconds,
            "invoices/s",
            baseline="one worker",
            baseline_value=INVOICES / single["seconds"],
            ratio=gain,
            goal=1.8,
            at_least=True,
        ),
        row("invoice_batch.queries", single["queries"], "queries each", goal=12),
        row(
            "invoice_batch.memory",
            single["after"],
            "MB",
            baseline=f"after {WARM} invoices",
            baseline_value=single["before"],
            ratio=single["after"] / single["before"],
            goal=1.05,
        ),
    ]


def _measure(workers: int) -> dict[str, float]:
    from tests.databases import PROJECT_DIR, FreshDatabase, copy_sqlite

    with tempfile.TemporaryDirectory(prefix="cop-bench-") as folder:
        path = copy_sqlite(Path(folder) / "db.sqlite3")
        environment = FreshDatabase("sqlite", f"sqlite:///{path}", Path(folder)).environment
        command = [sys.executable, "-m", "tests.benchmarks.invoice_batch", str(workers)]
        done = subprocess.run(command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return result


def _megabytes() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _work(accounts: Sequence[Any]) -> dict[str, float]:
    """Issue, draw and store the invoice of each account; return queries each, and the memory before and after."""
    from django.db import connection

    from forms_ext.invoices import actions, tasks

    counted = 0

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal counted
        counted += not sql.startswith("BEGIN")
        return execute(sql, *rest)

    before = 0.0
    with connection.execute_wrapper(count):
        for number, account in enumerate(accounts):
            invoice = actions.issue_invoice(account=account)
            assert invoice
            assert tasks.store_pdf(invoice.pk)
            if number == WARM:
                before = _megabytes()
    return {"queries": counted / len(accounts), "before": before, "after": _megabytes()}


def _child(accounts: Sequence[Any], go: int) -> tuple[int, int]:
    """Start a worker that gets ready, says so, waits for the end of the pipe `go`, works, and says how it was."""
    from forms_ext.invoices import pdf
    from tests.forms_ext.invoices.snapshots import invoice

    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    code = 1
    try:
        pdf.render(invoice())
        os.write(writer, READY)
        os.read(go, 1)
        os.write(writer, json.dumps(_work(accounts)).encode())
        code = 0
    finally:
        os._exit(code)


def main(workers: int) -> dict[str, float]:
    """Make the members, then let `workers` processes share their invoices."""
    import django

    django.setup()
    from django.db import connections

    from forms_ext.invoices import actions
    from tests.forms_ext.ledger.factories import make_issuer, make_member, make_program

    actions._draw_pdf_after_commit = lambda invoice: None  # drawn by the loop itself
    program = make_program()
    make_issuer()
    accounts = [make_member(program, payer_name=f"Member {n}") for n in range(INVOICES)]
    connections.close_all()
    go, starter = os.pipe()
    children = [_child(accounts[n::workers], go) for n in range(workers)]
    for _pid, reader in children:
        assert os.read(reader, 1) == READY
    start = time.perf_counter()
    os.write(starter, b"g" * workers)
    results = []
    for pid, reader in children:
        with os.fdopen(reader) as pipe:
            results.append(json.loads(pipe.read()))
        os.waitpid(pid, 0)
    return {"seconds": time.perf_counter() - start, **results[0]}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
