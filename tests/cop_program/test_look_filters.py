"""The order of the parts of a program page."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django.template.loader import render_to_string

from cop_program.extensions import Places
from cop_program.presentation.schedule import Session, for_reader
from cop_program.templatetags.cop_look import body_parts, first_sentence, own_times, place_states, written


def blocks(*kinds: str) -> list[SimpleNamespace]:
    return [SimpleNamespace(block_type=kind, number=number) for number, kind in enumerate(kinds)]


def test_what_convinces_stands_above_the_schedule_and_questions_below_the_costs() -> None:
    body = blocks("questions", "text", "benefits", "quotation", "text", "video")
    parts = body_parts(body)
    assert parts.before == body[1:4]
    assert parts.after == body[4:]
    assert parts.questions == body[:1]


def test_a_body_without_benefits_stands_below_the_facilitators() -> None:
    body = blocks("text", "video")
    assert body_parts(body) == ([], body, [])
    assert body_parts([]) == ([], [], [])


def test_each_place_is_drawn_once_even_when_more_are_taken_than_there_are() -> None:
    assert place_states(Places(4, 1, 1, 0)) == ["cop-is-taken", "cop-is-held", "", ""]
    assert place_states(Places(2, 3, 1, 0)) == ["cop-is-taken", "cop-is-taken"]


def test_places_are_said_in_words_and_not_by_dots_alone() -> None:
    some = render_to_string("cop_program/parts/places.html", {"places": Places(9, 3, 1, 0)})
    assert "5 of 9 places left" in some
    none = render_to_string("cop_program/parts/places.html", {"places": Places(9, 8, 1, 2)})
    assert "All 9 places are taken." in none
    assert "2 people are in the queue." in none


def test_the_head_of_a_page_names_every_time_of_the_reader_once() -> None:
    starts = [datetime(2024, 2, 8, 0, tzinfo=UTC), datetime(2024, 3, 27, 23, tzinfo=UTC)]
    group = for_reader([Session(start, start + timedelta(hours=3)) for start in starts], "Europe/Berlin")
    assert group is not None
    assert own_times(group) == "1:00 - 4:00 am or midnight - 3:00 am"


def test_the_head_of_a_page_quotes_the_first_sentence_on_the_audience() -> None:
    assert first_sentence("<p>Leaders of any size. Others, too.</p><p>All.</p>") == "Leaders of any size."
    assert first_sentence("<p>" + "word " * 50 + "</p>").endswith("…")
    assert first_sentence("") == ""


def test_an_empty_paragraph_is_nothing_written() -> None:
    assert not written('<p data-block-key="9x1">\u00a0</p>')
    assert not written("")
    assert written("<p>Bring a notebook.</p>") == "<p>Bring a notebook.</p>"
    assert written('<embed embedtype="image" id="1"/>')
