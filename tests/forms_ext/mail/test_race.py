"""Several workers, real processes: each email is sent once, and none is lost with a killed worker."""

import signal

import pytest

from tests.racing import Stable

pytestmark = [pytest.mark.race]

SCRIPT = "tests.forms_ext.mail.race_script"


def test_without_the_claim_workers_send_the_same_mail_twice(stable: Stable) -> None:
    sent = stable.run(SCRIPT, "unguarded", 4, 5)["received"]
    assert len(sent) > len(set(sent)) == 5


def test_with_the_claim_every_mail_goes_out_once(stable: Stable) -> None:
    done = stable.run(SCRIPT, "race", 8, 40)
    assert len(done["received"]) == len(set(done["received"])) == 40 == sum(done["counts"])


def test_what_a_killed_worker_had_taken_is_sent_by_another(stable: Stable) -> None:
    done = stable.run(SCRIPT, "killed")
    assert done["killed"] == [{"died": signal.SIGKILL}]
    assert done["at_once"] == [0]
    assert sorted(done["later"]) == [0, 1]
    assert len(done["received"]) == 1
