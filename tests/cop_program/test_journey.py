"""Where a person stands follows from facts alone."""

from datetime import UTC, date, datetime

import pytest

from cop_program.journey import Facts, Standing, line, standing, steps
from cop_program.models import ProgramPage

LINK_ENDS = datetime(2024, 1, 31, 8, tzinfo=UTC)
HELD_UNTIL = datetime(2024, 2, 3, 8, tzinfo=UTC)
DUE_ON = date(2024, 2, 15)
PACIFIC = "America/Los_Angeles"
QUEUED = "Step 4 of 7: Deposit, once a place is free"
JOINED = "Step 5 of 7: Confirmed, once enough people have joined"
HOLDS = {"is_accepted": True, "is_registered": True, "has_place": True, "held_until": HELD_UNTIL}
MEMBER = {"is_accepted": True, "is_registered": True, "has_place": True, "is_member": True}
GOES_AHEAD = {**MEMBER, "is_going_ahead": True}


@pytest.mark.parametrize(
    ("facts", "step", "until"),
    [
        ({}, "Step 2 of 7: Decision", None),
        ({"is_accepted": True, "link_ends": LINK_ENDS}, "Step 3 of 7: Register, by Tuesday 30 January", LINK_ENDS),
        ({"is_accepted": True}, "Step 3 of 7: Register", None),
        ({"is_accepted": True, "link_ends": LINK_ENDS, "is_registered": True}, QUEUED, None),
        (HOLDS, "Step 4 of 7: Deposit, by Friday 2 February", HELD_UNTIL),
        ({**HOLDS, "owes": True, "due_on": DUE_ON}, "Step 4 of 7: Deposit, by Friday 2 February", HELD_UNTIL),
        (MEMBER, JOINED, None),
        ({**MEMBER, "owes": True}, JOINED, None),
        (
            {**MEMBER, "owes": True, "due_on": DUE_ON},
            "Step 6 of 7: Balance, by Thursday 15 February",
            datetime(2024, 2, 16, 8, tzinfo=UTC),
        ),
        ({**GOES_AHEAD, "owes": True}, "Step 6 of 7: Balance", None),
        (
            {**GOES_AHEAD, "owes": True, "due_on": DUE_ON},
            "Step 6 of 7: Balance, by Thursday 15 February",
            datetime(2024, 2, 16, 8, tzinfo=UTC),
        ),
        ({**GOES_AHEAD, "due_on": DUE_ON}, "Step 7 of 7: Paid", None),
        ({**GOES_AHEAD, "owes": True, "has_left": True}, "", None),
    ],
)
def test_facts_say_where_somebody_stands(facts: dict[str, object], step: str, until: datetime | None) -> None:
    here = standing(Facts(zone=PACIFIC, home_zone=PACIFIC, **facts))  # type: ignore[arg-type]
    assert (line(here), here.until) == (step, until)


def test_a_line_speaks_the_language_of_its_reader() -> None:
    here = Standing("deposit", HELD_UNTIL, PACIFIC)
    assert "2. Februar" in line(here, "de")


APPLY, REGISTER = "by Tuesday 23 January", "by Tuesday 30 January"
OWN_END = datetime(2024, 1, 27, 8, tzinfo=UTC)
HELD = "by Friday 2 February"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "dates"),
    [
        (None, {"apply": APPLY, "register": REGISTER, "deposit": REGISTER}),
        ({}, {"register": REGISTER, "deposit": REGISTER}),
        ({"is_accepted": True}, {}),
        (
            {"is_accepted": True, "link_ends": datetime(2024, 1, 27, 8, tzinfo=UTC)},
            {"register": "by Friday 26 January"},
        ),
        (
            {"is_accepted": True, "link_ends": LINK_ENDS, "would_hold_until": HELD_UNTIL},
            {"register": REGISTER, "deposit": HELD},
        ),
        (HOLDS, {"deposit": HELD}),
        (MEMBER, {"confirmed": "once enough people have joined"}),
        ({**GOES_AHEAD, "owes": True, "due_on": DUE_ON}, {"balance": "by Thursday 15 February"}),
        (GOES_AHEAD, {}),
    ],
)
def test_the_strip_says_dates_of_the_program_only_until_somebody_is_accepted(
    facts: dict[str, object] | None, dates: dict[str, str]
) -> None:
    here = None if facts is None else standing(Facts(zone=PACIFIC, home_zone=PACIFIC, **facts))  # type: ignore[arg-type]
    page = ProgramPage(
        home_zone=PACIFIC, application_deadline=date(2024, 1, 23), registration_deadline=date(2024, 1, 30)
    )
    assert {step.key: step.when for step in steps(page, here) if step.when} == dates
