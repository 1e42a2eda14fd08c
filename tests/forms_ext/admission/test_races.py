"""Real processes at once: the last place, two people who decide, a button pressed twice, a worker killed.

Each test first shows that the race happens, with the guard taken out and a pause between reading and writing.
"""

import signal
from typing import Any

import pytest

from tests.racing import Stable

pytestmark = [pytest.mark.race]
SCRIPT = "tests.forms_ext.admission.race_script"
PLACES, PEOPLE = 7, 50


def test_without_the_guard_more_are_told_that_they_have_a_place_than_there_are(stable: Stable) -> None:
    stable.run_until(lambda done: done["told"]["True"] > 2, SCRIPT, "claim-unguarded", 2, 8)


def test_fifty_register_for_seven_places(stable: Stable) -> None:
    done = stable.run(SCRIPT, "last-place", PLACES, PEOPLE)
    rest = PEOPLE - PLACES
    assert done["states"] == {"held": PLACES, "waiting": rest}, done
    assert (done["references"], done["held"], done["waiting"]) == (PEOPLE, PLACES, rest)
    assert done["mails"] == {"registered_hold": PLACES, "registered_waiting": rest}
    assert done["findings"] == []


def test_a_place_that_comes_free_while_others_ask_is_neither_lost_nor_given_twice(
    stable: Stable,
) -> None:
    done = stable.run(SCRIPT, "freed", 10)
    assert done == {"states": {"cancelled": 1, "held": 1, "waiting": 9}, "findings": []}


def test_without_the_guard_several_decisions_stand(stable: Stable) -> None:
    stable.run_until(lambda done: len(done["decisions"]) > 1, SCRIPT, "decide-unguarded")


def test_of_four_who_decide_at_once_one_does_and_the_others_are_told(stable: Stable) -> None:
    done = stable.run(SCRIPT, "decide")
    [decided] = [said for said in done["said"] if said != "refused"]
    assert len(done["said"]) == 4
    assert (done["state"], done["decisions"], done["mails"]) == (decided, [decided], 1)
    assert done["links"] == (1 if decided == "accepted" else 0)


def test_who_is_declined_while_registering_is_either_declined_or_registered(stable: Stable) -> None:
    done = stable.run(SCRIPT, "decline-or-register")
    outcomes = (["declined", "refused"], "declined", 0), (["refused", "M-2024-0001"], "accepted", 1)
    assert (done["said"], done["state"], done["registrations"]) in outcomes


def test_without_the_guard_members_are_told_twice_that_the_program_takes_place(stable: Stable) -> None:
    stable.run_until(lambda done: max(done["mails"].values()) > 1, SCRIPT, "confirm-unguarded", 2)


def test_pressed_several_times_the_confirmation_makes_one_invoice_for_each_member(
    stable: Stable,
) -> None:
    done = stable.run(SCRIPT, "confirm", 5, 4)
    assert len(set(done["said"])) == done["runs"] == 1, done
    whole(done, 5)


def test_a_worker_killed_within_a_member_leaves_nothing_half_done_and_nobody_out(
    stable: Stable,
) -> None:
    done = stable.run(SCRIPT, "killed", 4, 2)
    assert done["died"] == [{"died": signal.SIGKILL}]
    assert done["before"]["items"] == {"done": 2, "todo": 2}
    assert done["before"]["invoices"] == [1, 2]  # the third was undone with its transaction
    whole(done, 4)


def whole(done: Any, members: int) -> None:
    """Every member has one invoice and one email, the numbers have no gap, and the audit finds nothing."""
    assert done["items"] == {"done": members}, done
    assert (done["invoices"], done["accounts"]) == (list(range(1, members + 1)), members)
    assert (len(done["mails"]), set(done["mails"].values())) == (members, {1})
    assert done["findings"] == []
