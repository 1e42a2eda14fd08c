"""A program read by other software: the endpoint, its ETag, and the same as fields of Wagtail's own endpoints."""

import csv
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from django import urls
from django.apps import apps
from django.http import Http404
from django.test import Client, RequestFactory, override_settings
from djmoney.money import Money
from wagtail.models import Page, PageViewRestriction, Site

from cop_program.api import document, openapi, rows
from cop_program.extensions import Places, Standing
from cop_program.models import FacilitatorPage, Program, ProgramPage, SessionPage
from tests.cop_program.conftest import SECRET_ADDRESS, SECRET_LINK, SECRET_RECORDING, Recorder, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
GOLDEN = Path(__file__).parent / "data" / "session-times.csv"


def address(page: Page) -> str:
    return f"/api/v3/programs/{page.pk}/"


def read(page: Page, **headers: str) -> dict[str, Any]:
    response = Client().get(address(page), **headers)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def reference(program_page: ProgramPage, add_session: Callable[..., SessionPage]) -> list[dict[str, str]]:
    """The reference program with the groups and sessions of the table; returns the table."""
    table = list(csv.DictReader(GOLDEN.open()))
    groups: dict[str, list[str]] = {}
    for row in table:
        zones = groups.setdefault(row["region"], [])
        if row["time_zone"] not in zones:
            zones.append(row["time_zone"])
    program_page.zone_groups = [("group", {"name": name, "zones": zones}) for name, zones in groups.items()]
    publish(program_page)
    for start in sorted({row["starts_at_utc"] for row in table}, reverse=True):
        add_session(datetime.fromisoformat(start), title=start)
    return table


def test_the_schedule_is_that_of_the_table(program_page: ProgramPage, reference: list[dict[str, str]]) -> None:
    found = [
        {
            "session": str(session["session"]),
            "starts_at_utc": session["starts_at"].replace(":00Z", "Z"),
            "region": group["group"],
            "time_zone": local["time_zone"],
            "local_weekday": local["weekday"],
            "local_date": local["date"],
            "local_start": local["start"],
            "local_end": local["end"],
            "abbreviation": local["abbreviation"],
        }
        for group in read(program_page)["schedule"]
        for session in group["sessions"]
        for local in session["local"]
    ]
    key = lambda row: (row["session"], row["region"], row["time_zone"])  # noqa: E731
    assert sorted(found, key=key) == sorted(reference, key=key)
    assert len(found) == 30


def test_the_schedule_has_the_published_shape(program_page: ProgramPage, reference: object) -> None:
    group = read(program_page)["schedule"][0]
    assert list(group) == ["group", "sessions"]
    assert list(group["sessions"][0]) == ["session", "starts_at", "ends_at", "local"]
    assert list(group["sessions"][0]["local"][0]) == [
        "time_zone", "abbreviation", "weekday", "date", "start", "end",
    ]  # fmt: skip


def test_a_weekday_is_english_whatever_the_reader_speaks(program_page: ProgramPage, reference: object) -> None:
    answer = Client().get(address(program_page), headers={"Accept-Language": "de"}).json()
    assert answer["schedule"][0]["sessions"][0]["local"][0]["weekday"] == "Wednesday"


def test_money_and_deadlines(program_page: ProgramPage) -> None:
    found = read(program_page)
    assert found["fee"] == {"amount": "1997.00", "currency": "USD"}
    assert found["deposit"] == {"amount": "100.00", "currency": "USD"}
    assert found["balance"] == {"amount": "1897.00", "currency": "USD"}
    assert found["rebate"]["countries"] == ["AU", "CA", "NZ"]
    assert found["deadlines"]["registration"] == {
        "date": "2024-01-30",
        "time_zone": "America/Los_Angeles",
        "closes_at": "2024-01-31T08:00:00Z",
    }


def test_nothing_private_is_told(
    program_page: ProgramPage, facilitator: FacilitatorPage, add_session: Callable[..., SessionPage]
) -> None:
    session = add_session(join_link=SECRET_LINK, recording_link=SECRET_RECORDING)
    for path in (
        address(program_page),
        "/api/v3/programs/",
        f"/cop/calendar/{program_page.pk}.ics",
        f"/api/v3/pages/{program_page.pk}/",
        f"/api/v3/pages/{session.pk}/",
        f"/api/v3/pages/{facilitator.pk}/",
        f"/api/v2/pages/{program_page.pk}/?fields=*",
        f"/api/v2/pages/{session.pk}/?fields=*",
        f"/api/v2/pages/{facilitator.pk}/?fields=*",
    ):
        response = Client().get(path)
        assert response.status_code == 200, path
        for secret in (SECRET_LINK, SECRET_RECORDING, SECRET_ADDRESS):
            assert secret not in response.content.decode(), path


def test_a_document_keeps_what_the_openapi_document_promises(
    program_page: ProgramPage, facilitator: FacilitatorPage, add_session: Callable[..., SessionPage]
) -> None:
    add_session()
    openapi = Client().get("/cop/openapi.json").json()
    for path, answer in (
        ("/api/v3/programs/{page_id}/", read(program_page)),
        ("/api/v3/programs/", Client().get("/api/v3/programs/").json()),
    ):
        schema = openapi["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer, schema | {"components": openapi["components"]})
        name = schema["$ref"].rsplit("/", 1)[1]
        assert set(answer) == set(openapi["components"]["schemas"][name]["properties"])


def test_without_the_api_there_is_no_openapi_document(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/cop/openapi.json")
    module = ModuleType("urls_without_the_api")
    module.urlpatterns = [urls.path("cop/", urls.include("cop_program.urls"))]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with override_settings(ROOT_URLCONF=module.__name__), pytest.raises(Http404):
        openapi.document(request)
    assert openapi.document(request).status_code == 200
    (installed,) = (label for label, one in apps.app_configs.items() if one.name == "wagtail.api.v3")
    monkeypatch.delitem(apps.app_configs, installed)
    with pytest.raises(Http404):
        openapi.document(request)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [("1997", "USD", "1997.00"), ("12.345", "KWD", "12.345"), ("50000.000", "JPY", "50000"), ("0.5", "EUR", "0.50")],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: str, currency: str, written: str) -> None:
    assert document.money(Money(amount, currency)) == {"amount": written, "currency": currency}


def test_three_queries_whatever_it_holds(
    program_page: ProgramPage,
    facilitator: FacilitatorPage,
    add_session: Callable[..., SessionPage],
    django_assert_max_num_queries: Any,
) -> None:
    program_page.audience = f'<p><a linktype="page" id="{facilitator.pk}">Evan</a></p>'
    publish(program_page)
    for days in (0, 30, 60):
        add_session(datetime(2024, 2, 8, tzinfo=UTC) + timedelta(days=days), title=f"Session {days}")
        with django_assert_max_num_queries(3):
            found = read(program_page)
    assert len(found["sessions"]) == 3
    assert found["audience"] == f'<p><a href="{facilitator.full_url}">Evan</a></p>'


# --- The ETag --------------------------------------------------------------------------------------


def etag(page: Page) -> str:
    response = Client().get(address(page))
    assert not response["ETag"].startswith("W/")
    return response["ETag"]


def test_what_has_not_changed_is_not_sent_again(program_page: ProgramPage) -> None:
    response = Client().get(address(program_page), headers={"If-None-Match": etag(program_page)})
    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == etag(program_page)


def rename(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    Page.objects.filter(pk=page.pk).update(title="Another")


def move_session(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    SessionPage.objects.filter(pk=session.pk).update(ends_at=session.ends_at + timedelta(minutes=1))


def rename_person(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    Page.objects.filter(pk=person.pk).update(title="Sheella Mierson")


def unpublish_session(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    session.unpublish()


def call_off(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    Program.objects.update(status="called_off")


def restrict_person(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    PageViewRestriction.objects.create(page=person, restriction_type="login")


def move_site(page: ProgramPage, session: SessionPage, person: FacilitatorPage) -> None:
    site = Site.objects.get()
    site.hostname = "elsewhere.example"
    site.save()


@pytest.mark.parametrize(
    "change", [rename, move_session, rename_person, unpublish_session, call_off, restrict_person, move_site]
)
def test_the_etag_follows_every_part(
    change: Callable[..., None],
    program_page: ProgramPage,
    facilitator: FacilitatorPage,
    add_session: Callable[..., SessionPage],
) -> None:
    session = add_session()
    before, body = etag(program_page), Client().get(address(program_page)).content
    change(program_page, session, facilitator)
    after = Client().get(address(program_page), headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after["ETag"] != before
    assert after.content != body


def test_places_are_asked_each_time(program_page: ProgramPage, recorder: Recorder) -> None:
    before = etag(program_page)
    recorder.standing = lambda *_: Standing(places=Places(9, 4, 2, 0))  # type: ignore[method-assign]
    assert read(program_page)["places"] == {"capacity": 9, "taken": 4, "held": 2, "waiting": 0, "left": 3}
    assert etag(program_page) != before


# --- What may be read ------------------------------------------------------------------------------


def test_a_page_that_is_not_live_is_not_there(program_page: ProgramPage) -> None:
    program_page.unpublish()
    response = Client().get(address(program_page))
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert Client().get("/api/v3/programs/").json() == {"count": 0, "items": []}
    assert Client().get(f"/cop/calendar/{program_page.pk}.ics").status_code == 404


@pytest.mark.parametrize("above", [False, True])
def test_a_restricted_page_is_not_there(program_page: ProgramPage, above: bool) -> None:
    page = program_page.get_parent() if above else program_page
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="x")
    for path in (address(program_page), f"/cop/calendar/{program_page.pk}.ics"):
        assert Client().get(path).status_code == 404


def test_a_restricted_session_is_not_told(program_page: ProgramPage, add_session: Callable[..., SessionPage]) -> None:
    session = add_session()
    PageViewRestriction.objects.create(page=session, restriction_type="login")
    found = read(program_page)
    assert found["sessions"] == found["schedule"] == []


def test_a_page_of_another_site_is_not_there(program_page: ProgramPage) -> None:
    other = Page.get_first_root_node().add_child(instance=Page(title="Other", slug="other"))
    Site.objects.create(hostname="other.example", root_page=other)
    assert Client().get(address(program_page), headers={"Host": "other.example"}).status_code == 404
    assert Client().get(address(program_page)).status_code == 200


@pytest.mark.parametrize("host", ["testserver", "localhost", "a.example", "a.example:8000", "b.example", "c.example"])
@pytest.mark.parametrize("many", [False, True])
def test_the_site_is_the_one_that_wagtail_finds(db: None, host: str, many: bool) -> None:
    root = Site.objects.get().root_page
    Site.objects.create(hostname="a.example", port=8000, root_page=root)
    if many:
        Site.objects.create(hostname="a.example", port=9000, root_page=root)
    request = RequestFactory().get("/", headers={"Host": host})
    found = Site.find_for_request(RequestFactory().get("/", headers={"Host": host}))
    assert rows.site_roots(rows.site_statement().run()) == tuple(Site.get_site_root_paths())
    assert rows.site_of(request, rows.site_statement().run()) == (found.pk if found else None)


def test_drafts_of_a_live_page_are_not_told(program_page: ProgramPage) -> None:
    program_page.title = "Not yet"
    program_page.save_revision()
    assert read(program_page)["title"] == "Nurturing Healthy Culture"


# --- The same in Wagtail's endpoints ---------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v3/pages/{}/", "/api/v2/pages/{}/"])
def test_wagtails_own_endpoints_tell_the_same(
    path: str, program_page: ProgramPage, facilitator: FacilitatorPage, add_session: Callable[..., SessionPage]
) -> None:
    add_session()
    document = read(program_page)
    found = Client().get(path.format(program_page.pk)).json()
    for name in (
        "status", "deadlines", "fee", "deposit", "balance", "rebate", "places", "next_step", "facilitators",
        "sessions", "schedule",
    ):  # fmt: skip
        assert found[name] == document[name], name
