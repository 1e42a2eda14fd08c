"""Where a person stands follows from facts alone."""

from datetime import UTC, date, datetime

import pytest

from cop_program.journey import Facts, Standing, line, standing

LINK_ENDS = datetime(2024, 1, 31, 8, tzinfo=UTC)
HELD_UNTIL = datetime(2024, 2, 3, 8, tzinfo=UTC)
DUE_ON = date(2024, 2, 15)
PACIFIC = "America/Los_Angeles"
HOLDS = {"is_accepted": True, "is_registered": True, "has_place": True, "held_until": HELD_UNTIL}
MEMBER = {"is_accepted": True, "is_registered": True, "has_place": True, "is_member": True}
GOES_AHEAD = {**MEMBER, "is_going_ahead": True}


@pytest.mark.parametrize(
    ("facts", "step", "until"),
    [
        ({}, "Step 2 of 7: Decision", None),
        ({"is_accepted": True, "link_ends": LINK_ENDS}, "Step 3 of 7: Register, by Tuesday 30 January", LINK_ENDS),
        ({"is_accepted": True}, "Step 3 of 7: Register", None),
        ({"is_accepted": True, "link_ends": LINK_ENDS, "is_registered": True}, "Step 3 of 7: Register", None),
        (HOLDS, "Step 4 of 7: Deposit, by Friday 2 February", HELD_UNTIL),
        ({**HOLDS, "owes": True, "due_on": DUE_ON}, "Step 4 of 7: Deposit, by Friday 2 February", HELD_UNTIL),
        (MEMBER, "Step 5 of 7: Confirmed", None),
        ({**MEMBER, "owes": True}, "Step 5 of 7: Confirmed", None),
        (
            {**MEMBER, "owes": True, "due_on": DUE_ON},
            "Step 6 of 7: Balance, by Thursday 15 February",
            datetime(2024, 2, 16, 5, tzinfo=UTC),
        ),
        ({**GOES_AHEAD, "owes": True}, "Step 6 of 7: Balance", None),
        (
            {**GOES_AHEAD, "owes": True, "due_on": DUE_ON},
            "Step 6 of 7: Balance, by Thursday 15 February",
            datetime(2024, 2, 16, 5, tzinfo=UTC),
        ),
        ({**GOES_AHEAD, "due_on": DUE_ON}, "Step 7 of 7: Paid", None),
        ({**GOES_AHEAD, "owes": True, "has_left": True}, "", None),
    ],
)
def test_facts_say_where_somebody_stands(facts: dict[str, object], step: str, until: datetime | None) -> None:
    here = standing(Facts(zone=PACIFIC, home_zone="America/New_York", **facts))  # type: ignore[arg-type]
    assert (line(here), here.until) == (step, until)


def test_a_line_speaks_the_language_of_its_reader() -> None:
    here = Standing("deposit", HELD_UNTIL, PACIFIC)
    assert "2. Februar" in line(here, "de")
