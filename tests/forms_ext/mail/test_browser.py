"""The email pages of the admin in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from forms_ext.base import groups
from forms_ext.mail import actions
from forms_ext.mail.models import MailTemplate
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

type SignIn = Callable[[str], None]


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> SignIn:
    def enter(group: str) -> None:
        user = User.objects.create_user(group)
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return enter


def violations(page: Page) -> list[str]:
    """Return what axe finds in our part of the page."""
    found: dict[str, Any] = Axe().run(page, context={"include": [["main"]]}).response
    return [f"{rule['id']}: {node['html'][:300]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("width", [1280, 390])
def test_an_editor_puts_fields_where_they_write(
    page: Page, live_server: LiveServer, sign_in: SignIn, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(groups.EDITORS)
    page.goto(f"{live_server.url}/admin/cop-mail/templates/")
    assert violations(page) == []
    page.get_by_role("link", name="Welcome").click()
    page.fill("#id_subject", "Come to ")
    page.get_by_role("button", name="{program}").click()
    body = page.locator(".public-DraftEditor-content")
    body.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Yours, ")
    page.get_by_role("button", name="{name}").click()
    # The editor hands its text over a moment after the last key.
    expect(page.locator("[name=body]")).to_have_value(re.compile(r"Yours, \{name\}"))
    page.get_by_role("button", name="Preview").click()
    letter = page.frame_locator(".cop-email")
    expect(letter.locator("body")).to_contain_text("Yours, Ada Sample")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/templates/test.welcome/**")
    saved = MailTemplate.objects.get()
    assert saved.subject == "Come to {program}"
    assert "Yours, {name}" in saved.body
    assert '<a href="{page}">' in saved.body
    shown = actions.preview(kind=WELCOME.name, fields=VALUES)
    assert "https://example.org/p/" in shown.text


@pytest.mark.parametrize("width", [1280, 390])
def test_staff_read_the_outbox(page: Page, live_server: LiveServer, sign_in: SignIn, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(groups.STAFF)
    actions.send(kind=WELCOME.name, to="ada@example.com", to_name="Ada", fields=VALUES, secrets={"link": LINK})
    page.goto(f"{live_server.url}/admin/cop/outbox/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.get_by_role("link", name="Ada", exact=True).click()
    assert "Dear Ada" in page.frame_locator(".cop-email").locator("body").inner_text()
    assert "secret-bits" not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_the_letter_itself_is_accessible_in_light_and_dark(page: Page) -> None:
    shown = actions.preview(kind=WELCOME.name, fields=VALUES | {"way": "Step 3 of 7: Register"})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_content(shown.html)
        found = Axe().run(page).response["violations"]
        # An email is shown inside the page of an email program, which has its own landmarks and headings.
        assert [
            rule["id"]
            for rule in found
            if rule["id"] not in {"region", "page-has-heading-one", "landmark-one-main", "heading-order"}
        ] == []
