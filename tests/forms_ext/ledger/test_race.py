"""Several processes on one database: one open invoice, no gap, one email, nothing lost with a killed worker.

The test first shows that the race happens, with the guard taken out.
"""

import pytest

from tests.racing import Stable

pytestmark = pytest.mark.race
SCRIPT = "tests.forms_ext.ledger.race_script"


def test_without_the_guard_one_account_gets_several_invoices(stable: Stable) -> None:
    stable.run_until(lambda found: found["accounts"] == 1 < len(found["numbers"]), SCRIPT, "issue-unguarded")


def test_issued_by_several_at_once_one_invoice_each_and_no_gap(stable: Stable) -> None:
    found = stable.run(SCRIPT, "issue")
    assert found["numbers"] == [1, 2, 3], found
    assert found["accounts"] == 3
    assert len({*found["said"][:3]}) == 1  # the three that asked for the same account got the same invoice
    assert found["mails"] == 3


def test_several_workers_on_one_invoice_send_one_mail(stable: Stable) -> None:
    found = stable.run(SCRIPT, "render")
    assert (found["mails"], found["stored"], found["attempts"]) == (1, 1, [1]), found


def test_a_worker_killed_while_drawing_loses_nothing(stable: Stable) -> None:
    found = stable.run(SCRIPT, "killed")
    assert found["said"] == ["done", "done"]
    assert (found["mails"], found["stored"], found["attempts"]) == (1, 1, [2]), found


def test_reversed_by_several_at_once_a_payment_is_taken_back_once(stable: Stable) -> None:
    found = stable.run(SCRIPT, "reverse")
    assert (found["rows"], found["told"]) == (1, 1), found
    assert found["said"].count("This payment has already been reversed.") == 3
