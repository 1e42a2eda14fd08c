from datetime import UTC, date, datetime, timedelta

import pytest

from cop_program.deadlines import Deadline, by_text

ZONE = "America/Los_Angeles"
END = datetime(2024, 1, 31, 8, tzinfo=UTC)


def test_a_deadline_is_found_around_any_instant_of_its_day_and_its_very_end() -> None:
    day = Deadline(date(2024, 1, 30), ZONE)
    assert day.closes_at == END
    for moment in (END, END - timedelta(seconds=1), END - timedelta(hours=24) + timedelta.resolution):
        assert Deadline.around(moment, ZONE) == day
    assert Deadline.around(END + timedelta.resolution, ZONE) == Deadline.around(END, ZONE, days=1)


def test_an_end_and_a_deadline_are_worded_alike() -> None:
    day = Deadline(date(2024, 1, 30), ZONE)
    assert day.end_text() == "the end of Tuesday 30 January 2024, Pacific time"
    assert day.sentence() == f"until {day.end_text()}"


@pytest.mark.parametrize(
    ("zone", "reader_zone", "text"),
    [
        (ZONE, "", "by Tuesday 30 January"),
        (ZONE, "Europe/Berlin", "by Tuesday 30 January"),
        (ZONE, "Pacific/Honolulu", "by Tuesday 30 January, 10:00 pm"),
        ("Australia/Sydney", "America/Los_Angeles", "by Tuesday 30 January, 5:00 am"),
        ("Pacific/Auckland", "Pacific/Honolulu", "by Tuesday 30 January, 1:00 am"),
        ("Europe/Berlin", "Europe/Paris", "by Tuesday 30 January"),
    ],
)
def test_the_short_form_never_names_a_day_that_is_too_late_for_its_reader(
    zone: str, reader_zone: str, text: str
) -> None:
    assert Deadline(date(2024, 1, 30), zone).short("en", reader_zone) == text


def test_a_time_of_day_is_said_in_the_short_form() -> None:
    assert by_text(END + timedelta(hours=1), ZONE) == "by Wednesday 31 January, 1:00 am"
