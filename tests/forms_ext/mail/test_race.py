"""Several workers, real processes: each mail goes out once, and none is lost with a killed worker."""

import signal

import pytest

from tests import racing
from tests.databases import FreshDatabase

pytestmark = [pytest.mark.race]

SCRIPT = "tests.forms_ext.mail.race_script"


@pytest.fixture
def environment(fresh_database: FreshDatabase) -> dict[str, str]:
    return fresh_database.environment | {"DJANGO_SETTINGS_MODULE": "tests.race_settings"}


def test_without_the_claim_workers_send_the_same_mail_twice(environment: dict[str, str]) -> None:
    sent = racing.run(SCRIPT, "unguarded", "4", "5", environment=environment)["received"]
    assert len(sent) > len(set(sent)) == 5


def test_with_the_claim_every_mail_goes_out_once(environment: dict[str, str]) -> None:
    done = racing.run(SCRIPT, "race", "8", "40", environment=environment)
    assert len(done["received"]) == len(set(done["received"])) == 40 == sum(done["counts"])


def test_what_a_killed_worker_had_taken_is_sent_by_another(environment: dict[str, str]) -> None:
    done = racing.run(SCRIPT, "killed", environment=environment)
    assert done["killed"] == [{"died": signal.SIGKILL}]
    assert done["at_once"] == [0]
    assert sorted(done["later"]) == [0, 1]
    assert len(done["received"]) == 1
