"""Rows selected with Wagtail's own checkboxes in a real browser go into the body, also all filtered rows."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from forms_ext.applications.models import Application
from forms_ext.base import groups
from tests.forms_ext.selecting import INDEX

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
DECLINE = "Decline selected applications"
EVERY = "Select all filtered rows"


@pytest.fixture
def desk(page: Page, live_server: LiveServer, make_application: Callable[..., Application]) -> Page:
    """The listing of 60 applications, on two pages, for a user who may decide."""
    for number in range(60):
        make_application(name=f"Person {number:02}", country="CA" if number < 55 else "NZ")
    user = User.objects.create_user("staff")
    user.groups.add(Group.objects.get(name=groups.STAFF))
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}{INDEX}?country=CA")
    return page


def shown(page: Page, number: int) -> None:
    """Expect the page that shows that many emails, at a URL that names no row."""
    expect(page.get_by_role("button", name=f"Decline ({number})")).to_be_visible()
    assert "id=" not in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def select_all(page: Page) -> None:
    """Select all on this page of the listing, then all that the filters show."""
    page.wait_for_load_state("load")  # Wagtail's script listens from here on
    every = page.locator("[data-bulk-action-select-all-checkbox]").first
    every.uncheck()
    every.check()
    page.get_by_role("button", name=EVERY).click()


def test_what_is_selected_is_posted(desk: Page) -> None:
    boxes = desk.locator("[data-bulk-action-checkbox]")
    expect(boxes).to_have_count(50)
    boxes.nth(0).check()
    boxes.nth(3).check()
    desk.get_by_role("link", name=DECLINE).click()
    shown(desk, 2)
    desk.get_by_role("link", name="Go back").click()
    expect(desk).to_have_url(f"{desk.url.split('/admin/')[0]}{INDEX}?country=CA")
    select_all(desk)
    desk.get_by_role("link", name=DECLINE).click()
    shown(desk, 55)
    desk.go_back()
    select_all(desk)
    boxes.nth(1).uncheck()  # not all any more
    desk.get_by_role("link", name=DECLINE).click()
    shown(desk, 49)
    desk.set_viewport_size({"width": 390, "height": 900})
    shown(desk, 49)
    desk.get_by_role("button", name="Decline (49)").click()
    expect(desk.get_by_text("49 applications decided: Declined.")).to_be_visible()
    assert desk.url.endswith(f"{INDEX}?country=CA")
    assert Application.objects.filter(state="declined", country="CA").count() == 49
