"""The document of a program compared with Wagtail's v2 detail of the same page, with the same content, and its 304."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import databases
from tests.benchmarks.measure import Row, alternate, row

ROUNDS, REQUESTS = 15, 20


def demo() -> Any:
    """Load the demo into a database of its own; return the page of the open program."""
    from django.core.management import call_command
    from django.db import connections

    folder = Path(tempfile.mkdtemp(prefix="cop-bench-"))
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = str(databases.copy_sqlite(folder / "db.sqlite3"))
    call_command("load_demo", verbosity=0)
    from cop_program.models import ProgramPage

    return ProgramPage.objects.live().order_by("-starts_on")[0]


def run() -> list[Row]:
    """Measure the three in turn through the whole handler, middleware included."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    page = demo()
    client, ours, theirs = Client(), f"/api/v3/programs/{page.pk}/", f"/api/v2/pages/{page.pk}/"
    etag = client.get(ours)["ETag"]

    def asking(path: str, status: int, **headers: str) -> Callable[[], None]:
        def job() -> None:
            for _ in range(REQUESTS):
                assert client.get(path, headers=headers).status_code == status

        return job

    with CaptureQueriesContext(connection) as asked:
        client.get(ours)
    queries = len(asked.captured_queries)
    v2, whole, unchanged = alternate(
        [asking(theirs, 200), asking(ours, 200), asking(ours, 304, **{"If-None-Match": etag})], rounds=ROUNDS
    )
    rates = [REQUESTS / spent * 1000 for spent in (v2, whole, unchanged)]
    against = {"baseline": "Wagtail v2 detail", "baseline_value": rates[0], "at_least": True}
    return [
        row("headless_reading.whole", rates[1], "requests/s", ratio=rates[1] / rates[0], goal=5, **against),
        row("headless_reading.unchanged", rates[2], "requests/s", ratio=rates[2] / rates[0], goal=10, **against),
        row("headless_reading.queries", queries, "queries", goal=3),
    ]
