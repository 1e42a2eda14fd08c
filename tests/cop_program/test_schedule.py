"""The schedule: the 30 rows of the reference, difficult time zones, and any schedule against a plain conversion."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop_program import formatting
from cop_program.presentation.schedule import GroupSchedule, Line, Section, Session, ZoneGroup, build, for_reader
from cop_program.zones import zone_names

ROWS = list(csv.DictReader((Path(__file__).parent / "data" / "session-times.csv").open()))
GROUPS = [
    ZoneGroup("Americas", ("America/Los_Angeles", "America/New_York")),
    ZoneGroup("Australasia", ("Australia/Perth", "Australia/Sydney", "Australia/Brisbane")),
]


def reference_sessions() -> list[Session]:
    starts = {row["session"]: datetime.fromisoformat(row["starts_at_utc"]) for row in ROWS}
    return [Session(start, start + timedelta(hours=3), number) for number, start in starts.items()]


def session(*local: int, zone: str, hours: float = 3) -> Session:
    start = datetime(*local, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]
    return Session(start, start + timedelta(hours=hours))


def one_zone(zone: str, *sessions: Session) -> GroupSchedule:
    schedule = for_reader(sessions, zone)
    assert schedule is not None
    return schedule


def texts(schedule: GroupSchedule) -> list[tuple[str, list[str]]]:
    return [(section.heading, [line.text for line in section.lines]) for section in schedule.sections]


def shown(group: GroupSchedule) -> Iterator[tuple[Session, date, Section, Line, str]]:
    """Every (session, heading date, section, line, zone) that a reader of the schedule sees."""
    for section in group.sections:
        for met, day in zip(section.sessions, section.dates, strict=True):
            for line in section.lines:
                for names in line.names:
                    for zone in names.zones:
                        yield met, day, section, line, zone


# The reference ---------------------------------------------------------------------------------


def test_reference_schedule_reads_as_a_careful_person_wrote_it() -> None:
    americas, australasia = build(reference_sessions(), GROUPS).groups
    assert texts(americas) == [
        (
            "Wednesdays 7 and 28 February, 27 March, 17 April, 22 May and 26 June 2024",
            ["4:00 - 7:00 pm Pacific Time", "7:00 - 10:00 pm Eastern Time"],
        )
    ]
    assert americas.notes == (
        "Clocks in Los Angeles and New York go forward 1 hour between 28 February and 27 March 2024.",
    )
    assert texts(australasia) == [
        (
            "Thursdays 8 and 29 February 2024",
            ["8:00 - 11:00 am AWST (Perth)", "11:00 am - 2:00 pm AEDT (Sydney)", "10:00 am - 1:00 pm AEST (Brisbane)"],
        ),
        (
            "Thursday 28 March 2024",
            ["7:00 - 10:00 am AWST (Perth)", "10:00 am - 1:00 pm AEDT (Sydney)", "9:00 am - noon AEST (Brisbane)"],
        ),
        (
            "Thursdays 18 April, 23 May and 27 June 2024",
            ["7:00 - 10:00 am AWST (Perth)", "9:00 am - noon AEST (Sydney, Brisbane)"],
        ),
    ]
    assert australasia.notes == ("Clocks in Sydney go back 1 hour between 28 March and 18 April 2024.",)


def test_every_row_of_the_reference_is_shown() -> None:
    seen = {
        (
            met.label,
            group.name,
            zone,
            (day + timedelta(days=line.day_offset)).strftime("%A %Y-%m-%d"),
            line.starts.strftime("%H:%M"),
            line.ends.strftime("%H:%M"),
        )
        for group in build(reference_sessions(), GROUPS).groups
        for met, day, _section, line, zone in shown(group)
    }
    wanted = {
        (
            row["session"],
            row["region"],
            row["time_zone"],
            f"{row['local_weekday']} {row['local_date']}",
            row["local_start"],
            row["local_end"],
        )
        for row in ROWS
    }
    assert len(wanted) == 30
    assert seen == wanted


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['session']}-{row['time_zone']}")
def test_reader_of_one_session_gets_the_letters_of_the_reference(row: dict[str, str]) -> None:
    (met,) = [met for met in reference_sessions() if met.label == row["session"]]
    (section,) = one_zone(row["time_zone"], met).sections
    (line,) = section.lines
    assert line.names[0].label == row["abbreviation"]
    assert section.heading.startswith(row["local_weekday"])


# Words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "hours", "text"),
    [
        ((2024, 2, 7, 9), 3, "9:00 am - noon PST (Los Angeles)"),
        ((2024, 2, 7, 12), 1, "noon - 1:00 pm PST (Los Angeles)"),
        ((2024, 2, 7, 9), 2.5, "9:00 - 11:30 am PST (Los Angeles)"),
        ((2024, 2, 7, 11), 1.5, "11:00 am - 12:30 pm PST (Los Angeles)"),
        ((2024, 2, 7, 12, 15), 1, "12:15 - 1:15 pm PST (Los Angeles)"),
        ((2024, 2, 7, 21), 3, "9:00 pm - midnight PST (Los Angeles)"),
        ((2024, 2, 7, 22), 3, "10:00 pm - 1:00 am PST (Los Angeles); ending the next day"),
        ((2024, 2, 7, 0), 3, "midnight - 3:00 am PST (Los Angeles); at the start of that day"),
        ((2024, 2, 7, 22), 23, "10:00 pm - 9:00 pm PST (Los Angeles); ending the next day"),
    ],
)
def test_times_in_words(local: tuple[int, ...], hours: float, text: str) -> None:
    (section,) = one_zone("America/Los_Angeles", session(*local, zone="America/Los_Angeles", hours=hours)).sections
    assert section.lines[0].text == text
    assert section.heading == "Wednesday 7 February 2024"


@pytest.mark.parametrize(
    ("dates", "heading"),
    [
        ([(2024, 2, 7), (2024, 2, 8)], "Wednesday 7 February and Thursday 8 February 2024"),
        ([(2023, 12, 6), (2024, 1, 10)], "Wednesdays 6 December 2023 and 10 January 2024"),
        ([(2024, 2, 7), (2024, 2, 14), (2024, 2, 21)], "Wednesdays 7, 14 and 21 February 2024"),
    ],
)
def test_dates_in_words(dates: list[tuple[int, int, int]], heading: str) -> None:
    (section,) = one_zone("Asia/Tokyo", *(session(*day, 9, zone="Asia/Tokyo") for day in dates)).sections
    assert section.heading == heading


# Zones -----------------------------------------------------------------------------------------


def test_a_zone_without_letters_is_told_by_its_offset() -> None:
    schedule = one_zone("America/Sao_Paulo", session(2024, 2, 7, 9, zone="America/Sao_Paulo"))
    assert texts(schedule)[0][1] == ["9:00 am - noon UTC−03:00 (Sao Paulo)"]


def test_a_zone_without_letters_that_changes_has_a_generic_name() -> None:
    zone = "America/Santiago"
    schedule = one_zone(zone, session(2024, 3, 7, 9, zone=zone), session(2024, 5, 9, 9, zone=zone))
    assert texts(schedule) == [("Thursdays 7 March and 9 May 2024", ["9:00 am - noon Chile Time"])]


def test_utc_bears_its_own_name() -> None:
    assert formatting.generic_name("UTC", "en") == "Coordinated Universal Time"


def test_half_hour_changes_are_said() -> None:
    lord_howe = one_zone("Australia/Lord_Howe", *reference_sessions())
    assert lord_howe.notes == ("Clocks in Lord Howe Island go back 30 minutes between 28 March and 18 April 2024.",)
    assert [line for _heading, lines in texts(lord_howe) for line in lines] == [
        "11:00 am - 2:00 pm UTC+11:00 (Lord Howe Island)",
        "10:00 am - 1:00 pm UTC+11:00 (Lord Howe Island)",
        "9:30 am - 12:30 pm UTC+10:30 (Lord Howe Island)",
    ]


def test_irish_winter_is_the_change_back() -> None:
    """The zone database calls the Irish winter "negative daylight saving"."""
    zone = "Europe/Dublin"
    schedule = one_zone(zone, session(2024, 9, 5, 9, zone=zone), session(2024, 11, 7, 9, zone=zone))
    assert schedule.notes == ("Clocks in Dublin go back 1 hour between 5 September and 7 November 2024.",)


def test_other_sides_of_the_date_line_are_told_apart() -> None:
    group = ZoneGroup("Pacific", ("Pacific/Pago_Pago", "Pacific/Kiritimati"))
    (schedule,) = build([session(2024, 2, 7, 23, 30, zone="Pacific/Pago_Pago", hours=1)], [group]).groups
    assert texts(schedule) == [
        (
            "Wednesday 7 February 2024",
            [
                "11:30 pm - 12:30 am SST (Pago Pago); ending the next day",
                "12:30 - 1:30 am UTC+14:00 (Kiritimati); two days later (Friday)",
            ],
        )
    ]


def test_zones_with_the_same_time_on_another_date_have_a_line_of_their_own() -> None:
    group = ZoneGroup("Pacific", ("Pacific/Honolulu", "Pacific/Kiritimati"))
    (schedule,) = build([session(2024, 2, 7, 9, zone="Pacific/Honolulu")], [group]).groups
    assert texts(schedule)[0][1] == [
        "9:00 am - noon HST (Honolulu)",
        "9:00 am - noon UTC+14:00 (Kiritimati); the next day (Thursday)",
    ]


def test_a_generic_name_that_does_not_tell_the_zone_bears_its_place() -> None:
    denver = one_zone("America/Denver", *(session(2024, month, 7, 9, zone="America/Denver") for month in (2, 3, 5, 6)))
    assert denver.sections[0].lines[0].text == "9:00 am - noon Mountain Time"
    group = ZoneGroup("Pacific", ("America/Los_Angeles", "America/Vancouver"))
    (pair,) = build(reference_sessions(), [group]).groups
    assert pair.sections[0].lines[0].text == "4:00 - 7:00 pm Pacific Time (Los Angeles, Vancouver)"


def test_the_hour_that_comes_twice_keeps_its_letters() -> None:
    """9:30 and 10:30 UTC both read 1:30 to 1:45 in Los Angeles on that night."""
    sessions = [
        Session(start := datetime(2024, 11, 3, hour, 30, tzinfo=UTC), start + timedelta(minutes=15)) for hour in (8, 9)
    ]
    schedule = one_zone("America/Los_Angeles", *sessions)
    assert [lines for _heading, lines in texts(schedule)] == [
        ["1:30 - 1:45 am PDT (Los Angeles)"],
        ["1:30 - 1:45 am PST (Los Angeles)"],
    ]


def test_a_change_during_a_session_is_said() -> None:
    start = datetime(2024, 3, 10, 9, tzinfo=UTC)
    schedule = one_zone("America/Los_Angeles", Session(start, start + timedelta(hours=3)))
    assert texts(schedule)[0][1] == ["1:00 - 5:00 am Pacific Time"]
    assert schedule.notes == ("Clocks in Los Angeles go forward 1 hour during the session on Sunday 10 March 2024.",)


def test_nothing_to_show_is_no_error() -> None:
    assert build([], GROUPS).groups == ()
    assert build(reference_sessions(), [ZoneGroup("empty", ())]).groups == ()
    assert for_reader([], "Europe/Berlin") is None


# Any schedule ----------------------------------------------------------------------------------

ZONES = sorted(zone_names())
minutes = st.integers(0, 5 * 365 * 24 * 12).map(lambda steps: timedelta(minutes=5 * steps))
sessions_strategy = st.lists(
    st.builds(
        lambda offset, length: Session(
            start := datetime(2023, 1, 1, tzinfo=UTC) + offset, start + timedelta(minutes=15 * length)
        ),
        minutes,
        st.integers(1, 24 * 4),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda met: met.start,
)
groups_strategy = st.lists(
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=5, unique=True).map(
        lambda zones: ZoneGroup("g", tuple(zones))
    ),
    min_size=1,
    max_size=3,
)


def plain(met: Session, zone: str) -> tuple[date, time, date, time]:
    start, end = met.start.astimezone(ZoneInfo(zone)), met.end.astimezone(ZoneInfo(zone))
    return start.date(), start.time(), end.date(), end.time()


@settings(max_examples=10 * settings.default.max_examples)
@given(sessions_strategy, groups_strategy)
def test_any_schedule_equals_a_plain_conversion(sessions: list[Session], groups: list[ZoneGroup]) -> None:
    schedule = build(sessions, groups)
    assert [group.zones for group in schedule.groups] == [group.zones for group in groups]
    for group in schedule.groups:
        seen = {}
        for met, day, _section, line, zone in shown(group):
            start_day = day + timedelta(days=line.day_offset)
            assert (met, zone) not in seen
            seen[met, zone] = (start_day, line.starts, start_day + timedelta(days=line.end_offset), line.ends)
        assert seen == {(met, zone): plain(met, zone) for met in sessions for zone in group.zones}


@settings(max_examples=10 * settings.default.max_examples)
@given(sessions_strategy, groups_strategy)
def test_any_two_sections_differ_and_any_label_is_true(sessions: list[Session], groups: list[ZoneGroup]) -> None:
    for group in build(sessions, groups).groups:
        walls = [
            tuple((line.starts, line.ends, line.day_offset, line.end_offset, line.names) for line in section.lines)
            for section in group.sections
        ]
        assert len(set(walls)) == len(walls)
        for met, _day, _section, line, zone in shown(group):
            (names,) = [names for names in line.names if zone in names.zones]
            local = met.start.astimezone(ZoneInfo(zone))
            offset = local.strftime("%:z").replace("-", "−")
            assert names.label in (local.tzname(), f"UTC{offset}") or "Time" in names.label


@settings(max_examples=5 * settings.default.max_examples)
@given(sessions_strategy, st.sampled_from(ZONES))
def test_notes_tell_each_change_between_neighbours(sessions: list[Session], zone: str) -> None:
    ordered = sorted(sessions, key=lambda met: (met.start, met.end))
    here = ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(here).utcoffset()

    between = sum(offset(a.end) != offset(b.start) for a, b in pairwise(ordered))
    during = sum(offset(met.start) != offset(met.end) for met in ordered)
    assert len(one_zone(zone, *sessions).notes) == between + during
