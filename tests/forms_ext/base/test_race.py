"""References and limits with real processes."""

import pytest

from tests.racing import Stable

pytestmark = [pytest.mark.race]


def test_references_have_neither_gap_nor_repetition_and_limits_hold(stable: Stable) -> None:
    done = stable.run("tests.forms_ext.base.race_script")
    assert len(set(done["unguarded"])) < len(done["unguarded"]) == 8, "the race is not real"
    assert sorted(done["drawn"]) == [f"A-{number:04d}" for number in range(1, 41)]
    assert done["allowed_unguarded"] > 20, "the race is not real"
    assert done["allowed"] == 20
