from datetime import UTC, date, datetime, timedelta

from cop_program.deadlines import Deadline

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
