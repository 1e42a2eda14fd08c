"""Dates, times, time zones and amounts as readers of other languages write them."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from djmoney.money import Money

from cop_program import formatting
from cop_program.deadlines import Deadline
from cop_program.presentation.schedule import build
from tests.cop_program.test_schedule import GROUPS, reference_sessions

DEADLINE = Deadline(date(2024, 1, 30), "America/Los_Angeles")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "until the end of Tuesday 30 January 2024, Pacific time (in your time: Wednesday 31 January, 9:00 am)",
        ),
        (
            "de",
            "bis einschließlich Dienstag, 30. Januar 2024, Nordamerikanische Westküstenzeit "
            "(in Ihrer Zeit: Mittwoch, 31. Januar, 09:00)",
        ),
        (
            "fr",
            "jusqu’à la fin du mardi 30 janvier 2024, heure du Pacifique nord-américain "
            "(à votre heure : mercredi 31 janvier, 09:00)",
        ),
        (
            "es",
            "hasta el final del martes, 30 de enero de 2024, hora del Pacífico "
            "(en su hora: miércoles, 31 de enero, 9:00)",
        ),
    ],
)
def test_a_deadline_names_day_zone_and_hour_as_the_reader_does(language: str, sentence: str) -> None:
    assert " ".join(DEADLINE.sentence(language, "Europe/Berlin").split()) == sentence


@pytest.mark.parametrize(
    ("language", "heading", "line"),
    [
        (
            "de",
            "Mittwochs, 7. und 28. Februar, 27. März, 17. April, 22. Mai und 26. Juni 2024",
            "16:00 - 19:00 Nordamerikanische Westküstenzeit",
        ),
        (
            "fr",
            "Mercredis 7 et 28 février, 27 mars, 17 avril, 22 mai et 26 juin 2024",
            "16:00 - 19:00 heure du Pacifique nord-américain",
        ),
        (
            "es",
            "Miércoles, 7 y 28 de febrero, 27 de marzo, 17 de abril, 22 de mayo y 26 de junio de 2024",
            "16:00 - 19:00 hora del Pacífico",
        ),
    ],
)
def test_the_reference_schedule_in_other_languages(language: str, heading: str, line: str) -> None:
    section = build(reference_sessions(), GROUPS, language).groups[0].sections[0]
    assert (section.heading, section.lines[0].text) == (heading, line)


@pytest.mark.parametrize(
    ("language", "amount"),
    [("en", "1,997.25 USD"), ("de", "1.997,25 USD"), ("fr", "1 997,25 USD"), ("es", "1.997,25 USD")],
)
def test_money_has_the_readers_separators(language: str, amount: str) -> None:
    written = formatting.money_text(Money("1997.25", "USD"), language)
    assert " ".join(written.split()) == amount


def test_a_length_is_joined_in_the_language_in_use() -> None:
    with translation.override("de"):
        assert formatting.duration_text(timedelta(minutes=90)) == "1 Stunde und 30 Minuten"


def test_who_reads_a_language_without_our_words_gets_whole_sentences_in_english() -> None:
    with translation.override("it"):  # Django itself has Italian words for "noon" and "April"
        assert DEADLINE.sentence("it", "Europe/Rome") == DEADLINE.sentence("en", "Europe/Rome")
        assert build(reference_sessions(), GROUPS, "it") == build(reference_sessions(), GROUPS, "en")
        assert formatting.money_text(Money("1997.25", "USD"), "it") == formatting.money_text(
            Money("1997.25", "USD"), "en"
        )
