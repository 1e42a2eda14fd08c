"""Deadlines in words, and the reader's time zone without a script and without CSRF."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from cop_program import journey, reader, videos
from cop_program.deadlines import Deadline
from cop_program.models import ProgramPage
from cop_program.zones import zone_names

DEADLINE = Deadline(date(2024, 1, 30), "America/Los_Angeles")


def test_a_deadline_closes_at_the_end_of_its_day_there() -> None:
    assert DEADLINE.closes_at == datetime(2024, 1, 31, 8, tzinfo=UTC)
    assert not DEADLINE.is_past(datetime(2024, 1, 31, 7, 59, tzinfo=UTC))
    assert DEADLINE.is_past(datetime(2024, 1, 31, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "own"),
    [
        (None, ""),
        ("America/Los_Angeles", ""),
        ("America/Vancouver", ""),
        ("Europe/Berlin", " (in your time: Wednesday 31 January, 9:00 am)"),
        ("Asia/Kolkata", " (in your time: Wednesday 31 January, 1:30 pm)"),
        ("Africa/Cairo", " (in your time: Wednesday 31 January, 10:00 am)"),
        ("Pacific/Honolulu", " (in your time: Tuesday 30 January, 10:00 pm)"),
        ("Asia/Dhaka", " (in your time: Wednesday 31 January, 2:00 pm)"),
        ("Asia/Yangon", " (in your time: Wednesday 31 January, 2:30 pm)"),
    ],
)
def test_a_deadline_can_not_be_misread(zone: str | None, own: str) -> None:
    assert DEADLINE.sentence("en", zone) == f"until the end of Tuesday 30 January 2024, Pacific time{own}"


def test_noon_and_midnight_of_a_deadline_are_words() -> None:
    east = Deadline(date(2024, 1, 30), "Pacific/Auckland")
    assert east.sentence("en", "Europe/London").endswith("(in your time: Tuesday 30 January, 11:00 am)")
    assert east.sentence("en", "Europe/Berlin").endswith("(in your time: Tuesday 30 January, noon)")
    line = Deadline(date(2024, 1, 30), "Pacific/Kiritimati")
    assert line.sentence("en", "Pacific/Honolulu").endswith("(in your time: the end of Monday 29 January)")


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/Phoenix", "Mountain time (Phoenix)"),
        ("America/Denver", "Mountain time"),
        ("America/New_York", "Eastern time"),
        ("Europe/Berlin", "Central European time"),
        ("UTC", "UTC"),
    ],
)
def test_the_zone_of_a_deadline_is_told(zone: str, text: str) -> None:
    assert Deadline(date(2024, 7, 1), zone).zone_text() == text


def test_every_zone_has_words() -> None:
    for zone in sorted(zone_names()):
        assert Deadline(date(2024, 7, 1), zone).sentence("en", "Asia/Kathmandu")


# The reader's zone -----------------------------------------------------------------------------


def set_zone(zone: str, following: str = "/programs/", **kwargs: str) -> tuple[Client, str]:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("cop_program:set_zone"), {"zone": zone, "next": following})
    assert answer.status_code == 303
    return client, answer["Location"]


def test_a_form_without_a_script_sets_the_zone() -> None:
    client, address = set_zone("Australia/Sydney", "/programs/culture/?tz=Europe/Berlin&page=2")
    assert address == "/programs/culture/?page=2"
    cookie = client.cookies[reader.COOKIE]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("Australia/Sydney", "Lax", True)
    client.post(reverse("cop_program:set_zone"), {"zone": "", "next": "/"})
    assert not client.cookies[reader.COOKIE].value


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_the_form_leads_nowhere_else(address: str) -> None:
    assert set_zone("Europe/Berlin", address)[1] == "/"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Europe/Berlin\r\nSet-Cookie: x=y"])
def test_what_is_no_zone_changes_nothing(zone: str) -> None:
    client, _address = set_zone(zone)
    assert reader.COOKIE not in client.cookies
    request = RequestFactory().get("/", {"tz": zone})
    request.COOKIES[reader.COOKIE] = zone
    assert reader.zone(request) is None


def test_the_address_wins_over_the_cookie() -> None:
    request = RequestFactory().get("/", {"tz": "Asia/Calcutta"})
    request.COOKIES[reader.COOKIE] = "Europe/Berlin"
    assert reader.zone(request) == "Asia/Kolkata"  # the name of today
    assert reader.zone(None) is None


def test_setting_a_zone_needs_a_post() -> None:
    assert Client().get(reverse("cop_program:set_zone")).status_code == 405


# The way ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_way_is_told_in_a_line() -> None:
    page = ProgramPage(application_deadline=date(2024, 1, 23), registration_deadline=date(2024, 1, 30))
    assert journey.line(journey.applying(page)) == "Step 1 of 7: Apply, by Tuesday 23 January"
    assert journey.line(journey.Standing("paid")) == "Step 7 of 7: Paid"
    assert journey.line(journey.Standing()) == ""
    states = [step.state for step in journey.steps(page, journey.Standing("answer"))]
    assert states == ["done", "current", *["ahead"] * 5]
    assert {step.state for step in journey.steps(ProgramPage(), None)} == {"ahead"}


# Videos ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "player"),
    [
        (
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
        ),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://vimeo.com/123456789", "https://player.vimeo.com/video/123456789?dnt=1&autoplay=1"),
        ("https://evil.example/watch?v=dQw4w9WgXcQ", ""),
        ("https://vimeo.com.evil.example/123456789", ""),
    ],
)
def test_only_known_hosts_have_a_player(url: str, player: str) -> None:
    assert videos.player_url(url) == player


def test_a_silent_host_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("offline")

    monkeypatch.setattr(videos, "urlopen", fail)
    assert videos.fetch_title("https://vimeo.com/123456789") == ""
    assert videos.fetch_title("http://127.0.0.1/admin") == ""
