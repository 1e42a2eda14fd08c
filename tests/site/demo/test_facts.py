"""The demo states the facts of the reference program, each in its own field, and its pages show them."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from demo.loader import texts
from django.test import Client
from djmoney.money import Money

from cop_program import clock
from cop_program.models import ProgramPage, SessionPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

TIMES = Path(__file__).parents[2] / "cop_program/data/session-times.csv"
SLUG = "nurturing-healthy-culture-2024"


@pytest.fixture
def past(loaded: None) -> ProgramPage:
    return ProgramPage.objects.get(slug=SLUG)


def test_every_figure_and_date_has_its_field(past: ProgramPage) -> None:
    assert past.title.startswith("Nurturing Healthy Culture with Sociocracy")
    assert past.kind == "Community of Practice for executive leaders"
    assert past.home_zone == "America/Los_Angeles"
    assert (past.starts_on, past.ends_on) == (date(2024, 2, 7), date(2024, 6, 26))
    assert past.application_closes_at == datetime(2024, 1, 24, 8, tzinfo=UTC)
    assert past.cancellation_closes_at == datetime(2024, 1, 25, 8, tzinfo=UTC)
    assert past.registration_closes_at == datetime(2024, 1, 31, 8, tzinfo=UTC)
    assert (past.capacity, past.least_members) == (9, 6)
    assert (past.fee, past.deposit) == (Money(1997, "USD"), Money(100, "USD"))
    assert past.rebate_percentage == 25
    assert {country.code for country in past.rebate_countries} == {"CA", "AU", "NZ"}
    past.clean()
    for session in SessionPage.objects.child_of(past):
        session.clean()


def test_the_six_sessions_are_those_of_the_published_table(past: ProgramPage) -> None:
    with TIMES.open() as file:
        rows = list(csv.DictReader(file))
    sessions = SessionPage.objects.child_of(past).order_by("starts_at")
    shown = {
        (f"{one.starts_at:%Y-%m-%dT%H:%MZ}", zone, f"{start:%Y-%m-%d %H:%M}", f"{end:%H:%M}")
        for one in sessions
        for zone in {row["time_zone"] for row in rows}
        for start, end in [(one.starts_at.astimezone(ZoneInfo(zone)), one.ends_at.astimezone(ZoneInfo(zone)))]
    }
    assert shown == {
        (row["starts_at_utc"], row["time_zone"], f"{row['local_date']} {row['local_start']}", row["local_end"])
        for row in rows
    }
    assert sessions.count() == 6
    zones = {zone for block in past.zone_groups for zone in block.value["zones"]}
    assert zones == {row["time_zone"] for row in rows}


def test_the_page_tells_every_fact(past: ProgramPage, client: Client) -> None:
    with clock.at(datetime(2024, 1, 10, tzinfo=UTC)):
        text = client.get(past.url).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "until the end of Tuesday 23 January 2024, Pacific time",
        "until the end of Wednesday 24 January 2024, Pacific time",
        "until the end of Tuesday 30 January 2024, Pacific time",
        "1,997 USD",
        "100 USD",
        "1,897 USD",
        "once at least 6 people have joined",
        "Canada",
        "Australia",
        "New Zealand",
        "3CEOS4FREE",
        "March 2023",
        "Goshen, Indiana",
        "from 1992 to 2018",
        "Certified Leadership Agility 360 coach",
        "founding member of The Sociocracy Consulting Group",
        "Sheella Mierson, Ph.D.",
        "chief executive",
        "foundations of sociocracy",
        "All meetings are recorded",
        "Contact Evan Miller",
        "Contact Sheella Mierson, Ph.D.",
    ):
        assert words in text, words
    for title, _text in texts.BENEFITS:
        assert title in text
    assert len(texts.BENEFITS) == 6
    assert texts.QUOTATION.partition(" I had")[0] in text
