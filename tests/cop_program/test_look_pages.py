"""Whole pages: valid, without inline scripts or styles, and in the reader's own time zone."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from cop_program import clock
from cop_program.extensions import NextStep, Places, Provider
from cop_program.models import Program, ProgramPage, SessionPage
from tests.cop_program.conftest import FIRST, Recorder, publish

pytestmark = pytest.mark.django_db

BODY = [
    {
        "type": "questions",
        "value": {"heading": "", "items": [{"question": "May two of us come?", "answer": "<p>Yes</p>"}]},
    },
    {"type": "benefits", "value": {"heading": "", "items": [{"title": "A wider vision", "text": ""}]}},
    {"type": "video", "value": {"url": "https://vimeo.com/76979871", "title": "The trailer", "text": ""}},
    {
        "type": "webinar",
        "value": {"heading": "Three CEOs", "trailer_url": "https://vimeo.com/76979872", "access_code": "3"},
    },
]


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    """Let the program lie ahead."""
    with clock.at(datetime(2024, 1, 10, tzinfo=UTC)):
        yield


@pytest.fixture
def html(
    client: Client,
    program_page: ProgramPage,
    add_session: Callable[..., SessionPage],
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    add_session()
    recorder.counted = Places(9, 3, 1, 0)
    step = NextStep("Apply for a place", "/apply/", "Applications are open.", None, True)
    monkeypatch.setattr(Provider, "next_step", lambda self, program, request: step)
    program_page.audience = "<p>Leaders who share power.</p>"
    program_page.body = json.dumps(BODY)
    page = publish(program_page)
    assert Program.for_page(page)
    return client.get(page.url).content.decode()


def test_a_page_runs_under_the_strict_policy(html: str) -> None:
    assert not re.search(r"<[a-z][^>]*\sstyle=", html)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+=", html)
    assert "<style" not in html
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert "player.vimeo.com" not in re.sub(r'data-video="[^"]*"', "", html), "loaded on a click only"
    assert html.count('data-video="https://player.vimeo.com/') == 2


def test_a_page_answers_in_order(html: str) -> None:
    order = [
        "100\N{NO-BREAK SPACE}USD",
        "Apply for a place",
        "5 of 9 places left",
        'id="audience"',
        "A wider vision",
        'id="schedule"',
        "The trailer",
        'id="costs"',
        "May two of us come?",
    ]
    assert [text for text in order if text not in html] == []
    positions = [html.index(text) for text in order]
    assert positions == sorted(positions)


def test_headings_go_down_one_level_at_a_time(html: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_each_part_that_the_script_replaces_is_found_again(
    client: Client, html: str, program_page: ProgramPage
) -> None:
    own = client.get(program_page.url, {"tz": "Europe/Berlin"}).content.decode()
    parts = re.findall(r'data-zoned="([a-z]+)"', html)
    assert len(parts) == len(set(parts)) > 3
    assert parts == re.findall(r'data-zoned="([a-z]+)"', own)
    assert "In your time: Berlin" in own
    assert "In your time: Berlin" not in html


@pytest.mark.parametrize(
    ("zone", "dates"),
    [
        ("", "7 February - 26 June 2024"),
        ("America/New_York", "7 February - 26 June 2024"),
        ("Europe/Berlin", "8 February - 27 June 2024"),
    ],
)
def test_the_dates_of_a_program_are_the_readers_own(
    client: Client, program_page: ProgramPage, add_session: Callable[..., SessionPage], zone: str, dates: str
) -> None:
    for start in (FIRST, datetime(2024, 6, 26, 23, tzinfo=UTC)):  # 4 pm in Los Angeles on 7 February and 26 June
        add_session(start, title=f"On {start:%d %B}")
    assert client.get(program_page.url, {"tz": zone}).context["dates"] == dates


def test_a_page_that_is_not_there_offers_a_way_on(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert 'class="cop-button" href="/"' in answer.content.decode()


def test_a_program_that_is_over_asks_for_nothing(
    client: Client, html: str, program_page: ProgramPage, add_session: Callable[..., SessionPage]
) -> None:
    with clock.at(datetime(2024, 6, 27, 6, 59, tzinfo=UTC)):  # the last minute of its last day at home
        assert "This program is over" not in client.get(program_page.url).content.decode()
    with clock.at(datetime(2024, 6, 27, 7, tzinfo=UTC)):
        page = client.get(program_page.url).content.decode()
        assert "This program is over" in page
        assert "What to do now" not in page
        listed = client.get(program_page.get_parent().url).context["programs"]
        assert [line.is_over for line in listed] == [True]


def test_a_session_says_which_it_is_and_leads_to_its_neighbours(
    client: Client, add_session: Callable[..., SessionPage]
) -> None:
    first = add_session()
    days = [timedelta(days=days) for days in (21, 49)]
    second, third = (add_session(FIRST + later, title=f"Session after {later.days} days") for later in days)
    page = client.get(second.url)
    assert "Session 2 of 3" in page.content.decode()
    assert (page.context["earlier"].page, page.context["later"].page) == (first, third)
    assert client.get(first.url).context["earlier"] is None
    assert client.get(third.url).context["later"] is None
