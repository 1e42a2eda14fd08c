"""One form sent several times at once: one row, and the same receipt for each sender."""

from typing import Any

import pytest

from tests.racing import Stable

pytestmark = [pytest.mark.race]
SCRIPT = "tests.forms_ext.submissions.race_script"
SENDERS = 10


def told_the_same(done: Any) -> str:
    """Return where all senders were redirected."""
    [(told, senders)] = done["told"].items()
    assert senders == SENDERS
    status, where = told.split(" ", 1)
    assert status == "302"
    return str(where)


def test_without_the_guard_one_form_makes_several_applications(stable: Stable) -> None:
    stable.run_until(lambda done: done["applications"] > 1, SCRIPT, "application-unguarded", SENDERS)


def test_an_application_with_its_file_is_stored_once(stable: Stable) -> None:
    done = stable.run(SCRIPT, "application", SENDERS)
    assert "?receipt=" in told_the_same(done)
    assert (done["applications"], done["claimed"], done["mails"]) == (1, 1, {"application_received": 1})


def test_a_form_that_stands_alone_is_stored_once(stable: Stable) -> None:
    done = stable.run(SCRIPT, "plain", SENDERS)
    assert "?receipt=" in told_the_same(done)
    assert done["submissions"] == 1


def test_without_the_guard_one_link_lets_several_senders_go_on(stable: Stable) -> None:
    # One was there before, and each who went on left one.
    stable.run_until(lambda done: done["applications"] > 2, SCRIPT, "registration-unguarded", SENDERS)


def test_a_registration_is_stored_once(stable: Stable) -> None:
    done = stable.run(SCRIPT, "registration", SENDERS)
    assert "/go/member/" in told_the_same(done)
    assert (done["registrations"], done["accounts"]) == (1, 1)
    assert done["mails"]["registered_hold"] == 1


def test_without_the_guard_more_are_taken_than_a_network_may_send(stable: Stable) -> None:
    stable.run_until(lambda done: done["applications"] > 3, SCRIPT, "limited-unguarded", SENDERS)


def test_no_more_are_taken_than_a_network_may_send(stable: Stable) -> None:
    done = stable.run(SCRIPT, "limited", SENDERS)
    assert done["told"] == {"302": 3, "429": SENDERS - 3}
    # All have one address, so only the first email is that of a first application.
    assert (done["applications"], done["mails"]) == (3, {"application_received": 1, "application_repeated": 2})


def test_a_message_is_mailed_once(stable: Stable) -> None:
    done = stable.run(SCRIPT, "message", SENDERS)
    assert told_the_same(done).endswith("?sent=1")
    assert done["mails"] == {"message_to_facilitator": 1}
