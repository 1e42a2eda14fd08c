"""Whole pages: in order, without inline script or style, and in the reader's own zone."""

import itertools
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cop_program.extensions import NextStep, Provider, Seats
from cop_program.models import Program, ProgramPage, SessionPage

from .conftest import Recorder, publish

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


@pytest.fixture
def html(
    client: Client,
    program_page: ProgramPage,
    add_session: Callable[..., SessionPage],
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    add_session()
    recorder.counted = Seats(9, 3, 1, 0)
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


def test_a_page_that_is_not_there_offers_a_way_on(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert 'class="button" href="/"' in answer.content.decode()
