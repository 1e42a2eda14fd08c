"""Several processes at once on one database: one open invoice, no gap, one mail, nothing lost with a killed worker.

The race is first shown to be real, with the guard taken out.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.databases import PROJECT_DIR, FreshDatabase

pytestmark = pytest.mark.race


def run(database: FreshDatabase, race: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.forms_ext.billing.race_script", race]
    done = subprocess.run(
        command, cwd=PROJECT_DIR, env=database.environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_without_the_guard_one_account_gets_several_invoices(fresh_database):
    found = run(fresh_database, "issue-unguarded")
    assert found["accounts"] == 1
    assert len(found["numbers"]) > 1, found


def test_issued_by_several_at_once_one_invoice_each_and_no_gap(fresh_database):
    found = run(fresh_database, "issue")
    assert found["numbers"] == [1, 2, 3], found
    assert found["accounts"] == 3
    assert len({*found["said"][:3]}) == 1  # the three that asked for the same account got the same invoice
    assert found["mails"] == 3


def test_several_workers_on_one_invoice_send_one_mail(fresh_database):
    found = run(fresh_database, "render")
    assert (found["mails"], found["stored"], found["attempts"]) == (1, 1, [1]), found


def test_a_worker_killed_while_drawing_loses_nothing(fresh_database):
    found = run(fresh_database, "killed")
    assert found["said"] == ["done", "done"]
    assert (found["mails"], found["stored"], found["attempts"]) == (1, 1, [2]), found
