"""What people type and choose: numbers, addresses, time zones, countries."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cop_program import zones
from cop_program.countries import countries
from cop_program.email_addresses import for_servers
from cop_program.numbers import read

NUMBERS = [
    ("0,5", "0.5", "0.5"),
    ("0.5", "0.5", "0.5"),
    (".5", "0.5", "0.5"),
    ("12,34", "12.34", "12.34"),
    ("1,997", "1997", "1.997"),
    ("1.997", "1.997", "1997"),
    ("1,997.00", "1997.00", "1997.00"),
    ("1.997,00", "1997.00", "1997.00"),
    ("1.000.000,5", "1000000.5", "1000000.5"),
    ("1\N{NARROW NO-BREAK SPACE}997,50", "1997.50", "1997.50"),
    ("1\N{RIGHT SINGLE QUOTATION MARK}997.50", "1997.50", "1997.50"),
    ("\N{MINUS SIGN}3", "-3", "-3"),
    ("\u0663\u066b\u0665", "3.5", "3.5"),
    ("1,99,7", "", ""),
    ("1.2,3.4", "", ""),
    ("1e3", "", ""),
    ("NaN", "", ""),
    (",", "", ""),
    ("1 5", "", ""),
]


@pytest.mark.parametrize(("typed", "english", "german"), NUMBERS)
def test_a_number_is_read_as_the_reader_writes_it(typed: str, english: str, german: str) -> None:
    for language, expected in (("en", english), ("de", german)):
        if expected:
            assert read(typed, language) == Decimal(expected)
        else:
            with pytest.raises(ValueError, match=r".*"):
                read(typed, language)


ADDRESSES = [
    ("ada@example.org", "ada@example.org"),
    ("anna@müller.de", "anna@xn--mller-kva.de"),
    ("anna@faß.de", "anna@xn--fa-hia.de"),  # IDNA 2003 would be another owner's fass.de
    ("anna@MÜLLER.de", "anna@xn--mller-kva.de"),
    ("user@例え.jp", "user@xn--r8jz45g.jp"),
    ("josé@example.org", "“é” before the @"),
    ("ada", "complete email address"),
    ("ada@", "complete email address"),
    ("ada@münchen", "complete email address"),
    ("ada@-ü-.de", "complete email address"),
    ("ada@example.org, bob@example.org", "complete email address"),
]


@pytest.mark.parametrize(("typed", "expected"), ADDRESSES)
def test_an_address_is_written_for_mail_servers_or_refused_with_the_reason(typed: str, expected: str) -> None:
    if "complete" in expected or "before" in expected:
        with pytest.raises(ValidationError, match=expected):
            for_servers(typed)
    else:
        assert for_servers(typed) == expected


# Time zones and countries ------------------------------------------------------------------------


def test_each_zone_is_offered_once_by_its_name_of_today() -> None:
    offered = [name for name, _label in zones.zone_choices()]
    assert {"Asia/Kolkata", "Europe/Kyiv", "America/Nuuk", "America/Argentina/Buenos_Aires", "UTC"} <= set(offered)
    assert not {"Asia/Calcutta", "Europe/Kiev", "America/Godthab", "America/Buenos_Aires", "US/Eastern"} & set(offered)
    assert len(offered) == len(set(offered)) < 430
    assert set(zones.replaced().values()) <= set(offered), "an old name leads to one that is offered"
    assert zones.current_name("Asia/Calcutta") == "Asia/Kolkata"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja"])
def test_zones_have_labels_of_their_own_in_each_language(language: str) -> None:
    with translation.override(language):
        labels = [label for _name, label in zones.zone_choices()]
        assert len(labels) == len(set(labels))
    assert labels[-1] == "UTC"


def test_zones_and_countries_speak_the_readers_language_whoever_came_first() -> None:
    said = {}
    for language in ("de", "fr", "en", "de"):
        with translation.override(language):
            said[language] = (
                zones.label("Europe/Vienna"),
                dict(zones.zone_choices())["Europe/Vienna"],
                countries.name("DE"),
                dict(countries)["XK"],
            )
    assert said == {
        "de": ("Wien (Österreich)", "Wien (Österreich)", "Deutschland", "Kosovo"),
        "fr": ("Vienne (Autriche)", "Vienne (Autriche)", "Allemagne", "Kosovo"),
        "en": ("Vienna (Austria)", "Vienna (Austria)", "Germany", "Kosovo"),
    }
