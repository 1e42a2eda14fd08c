"""Which changes of a session are news to members: a table of states and events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cop_program.models import SessionState
from forms_ext.registration.session_news import News, news

NOW = datetime(2024, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ON = SessionState(NOW + DAY, NOW + DAY * 1.1, is_on=True)
MOVED = replace(ON, starts_at=ON.starts_at + DAY, ends_at=ON.ends_at + DAY)
LONGER = replace(ON, ends_at=ON.ends_at + DAY * 0.01)
OFF = replace(ON, is_on=False)
LINKED, OTHER_LINK = replace(ON, join_link="https://a.example"), replace(ON, join_link="https://b.example")
PAST = SessionState(NOW - DAY, NOW - DAY * 0.9, is_on=True)
RECORDED = replace(PAST, recording_link="https://v.example")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, ON, {News.ADDED}),
        (None, LINKED, {News.ADDED, News.JOIN_LINK}),
        (None, OFF, set()),
        (None, PAST, set()),
        (ON, ON, set()),
        (ON, MOVED, {News.MOVED}),
        (ON, LONGER, {News.MOVED}),
        (ON, OFF, {News.CANCELLED}),
        (ON, replace(MOVED, is_on=False), {News.CANCELLED}),
        (OFF, OFF, set()),
        (OFF, replace(MOVED, is_on=False), set()),
        (OFF, ON, {News.BACK}),
        (OFF, MOVED, {News.BACK}),
        (OFF, LINKED, {News.BACK, News.JOIN_LINK}),
        (ON, LINKED, {News.JOIN_LINK}),
        (LINKED, OTHER_LINK, {News.JOIN_LINK}),
        (LINKED, ON, set()),
        (LINKED, replace(OTHER_LINK, is_on=False), {News.CANCELLED}),
        (ON, replace(MOVED, join_link="https://a.example"), {News.MOVED, News.JOIN_LINK}),
        # What is past
        (PAST, RECORDED, {News.RECORDING}),
        (RECORDED, replace(RECORDED, recording_link="https://w.example"), {News.RECORDING}),
        (RECORDED, PAST, set()),
        (PAST, replace(PAST, is_on=False), set()),
        (PAST, replace(PAST, ends_at=PAST.ends_at + DAY * 0.01), set()),
        (PAST, replace(PAST, join_link="https://a.example"), set()),
        (PAST, ON, {News.MOVED}),
        (ON, PAST, {News.MOVED}),
    ],
)
def test_what_is_told(before: SessionState | None, after: SessionState, expected: set[News]) -> None:
    assert set(news(before, after, NOW)) == expected


def test_a_state_is_stored_whole() -> None:
    assert SessionState.from_json(OTHER_LINK.as_json()) == OTHER_LINK
