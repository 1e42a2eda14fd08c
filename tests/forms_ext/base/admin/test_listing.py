"""Staff lists: filters with counts, search, bulk actions, bounded queries."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forms_ext.applications.models import Application
from tests.forms_ext.ledger.factories import make_program
from tests.forms_ext.selecting import INDEX, address, select

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

RESULTS = "/admin/cop/applications/results/"
State = Application.State


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def test_filters_count_within_the_search_and_the_other_filters(staff: Client, make_application: Callable) -> None:
    make_application(name="Ada Sample", country="CA")
    make_application(name="Ada Other", country="NZ", state=State.DECLINED)
    make_application(name="Bo", country="CA")
    page = text(staff.get(INDEX))
    assert "Awaiting decision (2)" in page
    assert "Declined (1)" in page
    assert "Canada (2)" in page
    assert "Accepted (0)" in page
    page = text(staff.get(INDEX, {"q": "ada", "state": "submitted"}))
    assert "Awaiting decision (1)" in page
    assert "Declined (1)" in page, "the filter of the state does not narrow its own counts"
    assert "Canada (1)" in page
    assert "New Zealand" not in page, "nobody from there is left to decide"


def test_live_results_are_searched_and_filtered(staff: Client, make_application: Callable) -> None:
    make_application(name="Ada Sample")
    make_application(name="Bo Other", state=State.ACCEPTED)
    make_application(name="Ada Late", state=State.ACCEPTED)
    page = text(staff.get(RESULTS, {"q": "ada", "state": "accepted"}))
    assert "<html" not in page
    assert "Ada Late" in page
    assert "Ada Sample" not in page
    assert "Bo Other" not in page


def test_nonsense_in_a_filter_is_no_error(staff: Client, make_application: Callable) -> None:
    make_application()
    for query in ({"program": "x"}, {"state": "nonsense"}, {"ordering": "password"}, {"p": "nine"}, {"country": "'"}):
        assert staff.get(INDEX, query).status_code == 200


def test_an_empty_register_says_what_will_stand_here(staff: Client) -> None:
    assert "once someone applies" in text(staff.get(INDEX))


@pytest.mark.parametrize("path", [INDEX, RESULTS])
def test_queries_do_not_grow_with_the_rows(staff: Client, make_application: Callable, path: str) -> None:
    make_application()
    staff.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        staff.get(path)
    make_application(country="AU", program=make_program(title="Another"))
    make_application(country="NZ", state=State.ACCEPTED)
    with CaptureQueriesContext(connection) as three:
        staff.get(path)
    assert len(three) == len(one)


def test_select_all_means_what_the_filters_show(staff: Client, make_application: Callable) -> None:
    make_application(name="Ada Accepted", state=State.ACCEPTED)
    shown = make_application(name="Ada")
    make_application(name="Bo")
    page = select(staff, "decline", "all", f"{INDEX}?state=submitted&q=ada&p=2")
    assert [row["application"] for row in page.context["can"]] == [shown]
    assert select(staff, "decline", "all", f"{INDEX}?q=nobody").status_code == 404
    for back in ("/admin/", "", "https://elsewhere.example/", "/admin/cop/registrations/?state=held"):
        assert select(staff, "decline", "all", back).status_code == 400, "it is not known which rows were shown"
    long = f"{INDEX}?state=submitted&q=ada&" + "country=CA&" * 300
    assert [row["application"] for row in select(staff, "decline", "all", long).context["can"]] == [shown]


def test_reviewers_see_no_bulk_actions_and_cannot_reach_them(reviewer: Client, make_application: Callable) -> None:
    application = make_application()
    assert "data-bulk-action-checkbox" not in text(reviewer.get(INDEX))
    answer = reviewer.post(address("decline"), {"rows": str(application.pk), "confirmed": "1", "reason": ""})
    assert answer.status_code in {302, 403}
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_a_row_offers_the_next_step(staff: Client, reviewer: Client, make_application: Callable) -> None:
    application = make_application(name="Ada")
    assert 'aria-label="Decide: Ada"' in text(staff.get(INDEX))
    page = text(reviewer.get(INDEX))
    assert 'aria-label="View: Ada"' in page
    assert reverse("cop_admission:person", args=[application.pk]) in page
