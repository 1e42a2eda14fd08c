"""Bulk actions take hundreds of rows: the selection is in the body, as one field."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from forms_ext.applications.models import Application
from forms_ext.base.admin import selection
from forms_ext.base.admin.listing import ListingBulkAction
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.selecting import INDEX, address, confirm, select

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
State = Application.State
LINE = 4094  # gunicorn takes no longer request line
FILTERED = f"{INDEX}?" + "&".join(f"country={first}{last}" for first in "ABCDEFGHIJ" for last in "ABCDEFGHIJKLMNOPQR")


@pytest.fixture
def many(make_application: Callable[..., Application]) -> list[Application]:
    """600 applications that wait for a decision."""
    first = make_application()
    rows = [
        Application(
            program=first.program,
            version=first.version,
            answers={},
            reference=f"A-2024-9{number:04}",
            name=f"Many {number}",
            email=f"many{number}@example.org",
            country="CA",
            submitted_at=first.submitted_at,
        )
        for number in range(599)
    ]
    return [first, *Application.objects.bulk_create(rows)]


def test_six_hundred_are_decided_at_once(staff: Client, many: list[Application], settings: object) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 300  # type: ignore[attr-defined]  # rows are one field, whatever their number
    page = select(staff, "decline", many, FILTERED)
    assert len(page.context["can"]) == 600
    assert len(page.context["submit_url"]) < 100
    assert page.context["next"] == FILTERED
    answer = confirm(staff, page)
    assert "600 applications decided: Declined." in text(answer)
    assert answer.redirect_chain == [(FILTERED, 302)]
    assert Application.objects.filter(state=State.DECLINED).count() == OutgoingMail.objects.count() == 600


def test_of_many_refusals_the_first_are_told_one_by_one(staff: Client, many: list[Application]) -> None:
    page = select(staff, "decline", many[:30])
    Application.objects.filter(pk__in=[row.pk for row in many[:25]]).update(state=State.WITHDRAWN)
    told = text(confirm(staff, page))
    assert told.count("Someone else has just decided") == 20
    assert "5 more applications stay unchanged." in told
    assert "5 applications decided: Declined." in told


def test_nothing_is_decided_before_it_was_shown(staff: Client, make_application: Callable) -> None:
    row = make_application()
    for data in ({"reason": ""}, {"rows": "all", "next": INDEX, "confirmed": "1", "reason": ""}):
        page = staff.post(address("decline"), {"rows": str(row.pk)} | data)
        assert page.status_code == 200
        assert "We cannot offer you a place" in text(page)
    assert staff.get(address("decline"), {"id": row.pk, "next": INDEX}).status_code == 200, "Wagtail's own script"
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1", "reason": ""}])
@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ("nonsense", 400),
        ("1,2", 400),
        ("1  2", 400),
        ("-1", 400),
        ("1:sub mitted", 400),
        ("1:<b>", 400),
        ("\0", 400),
        ("9223372036854775808", 400),
        ("٣", 400),
        ("7:" + "x" * 5000, 400),
        (" ".join(str(number) for number in range(selection.LIMIT + 1)), 400),
        ("", 404),
        ("9223372036854775807", 404),
    ],
)
def test_a_selection_that_cannot_be_used_is_said_in_words(
    staff: Client, rows: str, status: int, confirmed: dict[str, str]
) -> None:
    answer = staff.post(address("accept"), {"rows": rows, "next": FILTERED} | confirmed)
    assert answer.status_code == status
    assert "Nothing has been changed." in text(answer)
    assert f'href="{FILTERED.replace("&", "&amp;")}"' in text(answer)


def test_more_than_can_be_shown_are_refused(
    staff: Client, make_application: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_application() for _number in range(3)]
    monkeypatch.setattr(selection, "LIMIT", 2)
    for chosen in (rows, "all"):
        answer = select(staff, "accept", chosen)
        assert answer.status_code == 400
        assert "Select 2 rows or fewer." in text(answer)


def test_a_post_without_a_way_back_leads_to_the_listing(staff: Client, make_application: Callable) -> None:
    for back in ("", "https://elsewhere.example/", "//elsewhere.example/", "http://["):
        assert select(staff, "accept", [make_application()], back).context["next"] == INDEX


def test_every_bulk_action_of_ours_takes_its_rows_from_the_body() -> None:
    bulk_action_registry._scan_for_bulk_actions()
    actions = [
        action
        for models in bulk_action_registry.actions.values()
        for by_name in models.values()
        for action in by_name.values()
        if action.__module__.startswith(("forms_ext", "cop_program"))
    ]
    assert len(actions) >= 3
    for action in actions:
        assert issubclass(action, ListingBulkAction)
        assert action.get_actionable_objects is ListingBulkAction.get_actionable_objects
        assert action.post is ListingBulkAction.post


def test_the_listing_posts_what_is_selected(staff: Client, make_application: Callable) -> None:
    make_application()
    page = staff.get(INDEX)
    assert re.search(r'<form method="post" data-cop-bulk hidden>\s*<input type="hidden" name="csrfm', page.text)
    assert "forms_ext/js/bulk.js" in page.text


def test_no_address_on_the_page_that_confirms_grows_with_the_rows(staff: Client, many: list[Application]) -> None:
    page = select(staff, "accept", many, FILTERED)
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert max(len(urlsplit(found).path) for found in addresses) < 200
    assert max(map(len, addresses)) < LINE
