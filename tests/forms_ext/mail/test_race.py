"""Several workers, real processes: each mail goes out once, and none is lost with a killed worker."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import racing

pytestmark = [pytest.mark.race, pytest.mark.domain]

SCRIPT = "tests.forms_ext.mail.race_script"
WORKERS = 4
MAILS = 20


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with racing.fresh_database(tmp_path_factory.mktemp("race")) as made:
        yield made


@pytest.fixture
def mailbox(environment: dict[str, str]) -> Path:
    folder = Path(environment["DATA_DIR"]) / "mailbox"
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def fill(environment: dict[str, str], count: int) -> None:
    process = racing.start(SCRIPT, "fill", str(count), environment=environment)
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def recipients(mailbox: Path) -> list[str]:
    lines = [path.read_text().split("\nTo: ")[1].split("\n")[0] for path in mailbox.glob("*.eml")]
    return sorted(lines)


def test_without_the_claim_workers_send_the_same_mail_twice(environment: dict[str, str], mailbox: Path) -> None:
    fill(environment, 5)
    racing.run_together(SCRIPT, [["send-unguarded"]] * WORKERS, environment=environment)
    sent = recipients(mailbox)
    assert len(sent) > len(set(sent)) == 5


def test_with_the_claim_every_mail_goes_out_once(environment: dict[str, str], mailbox: Path) -> None:
    fill(environment, MAILS)
    counts = racing.run_together(SCRIPT, [["send"]] * WORKERS, environment=environment)
    sent = recipients(mailbox)
    assert len(sent) == len(set(sent)) == MAILS == sum(int(count) for count in counts)


def test_what_a_killed_worker_had_taken_is_sent_by_another(environment: dict[str, str], mailbox: Path) -> None:
    fill(environment, 1)
    with pytest.raises(AssertionError):
        racing.run_together(SCRIPT, [["die"]], environment=environment)
    assert not mailbox.exists()
    assert racing.run_together(SCRIPT, [["send"]], environment=environment) == ["0"]
    time.sleep(1.1)
    impatient = environment | {"COP_MAIL_CLAIM_SECONDS": "1"}
    assert racing.run_together(SCRIPT, [["send"]] * 2, environment=impatient) in (["0", "1"], ["1", "0"])
    assert len(recipients(mailbox)) == 1
