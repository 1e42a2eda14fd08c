"""Log-in, second factor and reset in Chromium, under the site's content security policy: by app and by passkey."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core import mail
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.journeys.visitor import DESKTOP, PHONE

from .people import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[DESKTOP, PHONE])
def visit(request: pytest.FixtureRequest, browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable]:
    """Open browsers of a site that requires a second factor; every page in them is looked at."""
    settings.SECOND_FACTOR_REQUIRED = True
    contexts = []

    def enter(*, passkeys: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": request.param, "height": 900}, locale="en-US", reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: note(page, message))
        page.faults = []  # type: ignore[attr-defined]
        if passkeys:
            client = context.new_cdp_session(page)
            client.send("WebAuthn.enable")
            options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
            client.send(
                "WebAuthn.addVirtualAuthenticator",
                {"options": options | {"hasUserVerification": True, "isUserVerified": True}},
            )
        page.goto(f"{live_server.url}/admin/")
        return page

    yield enter
    for context in contexts:
        context.close()


def note(page: Page, message: ConsoleMessage) -> None:
    """Note what the browser complains of on our pages; Wagtail's own have faults of their own."""
    if message.type == "error" and "/admin/" not in page.url:
        page.faults.append(message.text)  # type: ignore[attr-defined]


def look(page: Page, heading: str) -> None:
    """Wait for the page with `heading`; it fits, axe finds nothing, and the policy refused nothing."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), heading
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == [], heading
    assert page.faults == [], heading  # type: ignore[attr-defined]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def log_in(page: Page, password: str = PASSWORD) -> None:
    look(page, "Log in")
    page.get_by_label("Username").fill("stella")
    page.get_by_label("Password").fill(password)
    press(page, "Log in")


def codes_of(key: str) -> Callable[[int], str]:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return lambda step: str(format_hotp_value(hotp_value(key, step)))


def test_with_an_authenticator_app(visit: Callable[..., Page]) -> None:
    person()
    page = visit()
    log_in(page)
    look(page, "Two-factor authentication")
    page.get_by_role("link", name="Set up app").click()
    look(page, "Set up an authenticator app")
    import time

    code, step = codes_of(page.locator("#key").inner_text()), int(time.time()) // 30
    page.get_by_label("Code from the app").fill("123")
    press(page, "Set up app")
    look(page, "Set up an authenticator app")
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    page.get_by_label("Code from the app").fill(code(step))
    press(page, "Set up app")
    look(page, "Recovery codes")
    recovery = page.locator("main code").all_inner_texts()
    page.get_by_role("link", name="Continue").click()
    look(page, "Two-factor authentication")
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/admin/")

    for typed, again in ((code(step + 1), code(step + 1)), (recovery[0], recovery[0])):
        other = visit()
        log_in(other)
        look(other, "Confirm that it is you")
        other.get_by_label("Code").fill(typed)
        press(other, "Continue")
        other.wait_for_url("**/admin/")
        third = visit()
        log_in(third)
        third.get_by_label("Code").fill(again)
        press(third, "Continue")
        expect(third.get_by_text("Incorrect code.")).to_be_visible()
        look(third, "Confirm that it is you")

    page.goto(page.url.replace("/admin/", "/account/two-factor/"))
    page.get_by_role("link", name="Create new codes").click()
    look(page, "Create new recovery codes?")
    press(page, "Create codes")
    look(page, "Recovery codes")
    assert not set(recovery) & set(page.locator("main code").all_inner_texts())
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("link", name="Remove app").click()
    look(page, "Remove the authenticator app?")
    press(page, "Remove app")
    look(page, "Two-factor authentication")
    expect(page.get_by_text("Set one up to continue")).to_be_visible()
    press(page, "Log out")


def test_with_a_passkey(visit: Callable[..., Page]) -> None:
    user = person()
    page = visit(passkeys=True)
    log_in(page)
    look(page, "Two-factor authentication")
    page.get_by_role("link", name="Add passkey").click()
    look(page, "Add a passkey")
    page.get_by_label("Name").fill("My laptop")
    press(page, "Add passkey")
    look(page, "Recovery codes")
    page.goto(page.url.replace("/account/two-factor/codes/", "/admin/"))
    expect(page).to_have_url(re.compile("/admin/$"))

    page.goto(page.url.replace("/admin/", "/account/logout/"))
    look(page, "Log out?")
    press(page, "Log out")
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/admin/account/")
    look(page, "Log in")
    press(page, "Log in with a passkey")
    page.wait_for_url("**/admin/account/")
    page.wait_for_load_state("networkidle")

    page.context.clear_cookies(name="sessionid")
    page.goto(page.url.split("/admin/")[0] + "/admin/")
    log_in(page)
    look(page, "Confirm that it is you")
    press(page, "Use a passkey")
    page.wait_for_url("**/admin/")

    age_sessions()
    page.goto(page.url.replace("/admin/", "/account/two-factor/codes/"))
    look(page, "Confirm that it is you")
    page.get_by_role("link", name="Use a passkey").click()
    look(page, "Confirm that it is you")
    press(page, "Use a passkey")
    look(page, "Recovery codes")
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("link", name="Remove My laptop").click()
    look(page, "Remove the passkey My laptop?")
    press(page, "Remove passkey")
    look(page, "Two-factor authentication")
    assert not user.authenticator_set.exists()


def age_sessions() -> None:
    """Let all log-ins have been an hour ago."""
    from importlib import import_module

    from config.login import second_factor
    from django.conf import settings
    from django.contrib.sessions.models import Session

    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in Session.objects.values_list("session_key", flat=True):
        session = store(key)
        if second_factor.AT in session:
            session[second_factor.AT] -= 3600
            session.save()


def test_a_passkey_that_is_not_used_is_told(visit: Callable[..., Page]) -> None:
    page = visit(passkeys=True)
    press(page, "Log in with a passkey")
    expect(page.get_by_text("The passkey was not used. Try again.")).to_be_visible()
    look(page, "Log in")


def test_reset_a_password(visit: Callable[..., Page]) -> None:
    person()
    page = visit()
    for _ in range(6):
        log_in(page, "wrong")
    expect(page.get_by_text("Too many failed attempts.")).to_be_visible()
    page.faults.clear()  # type: ignore[attr-defined]  (Chromium tells of the status 429)
    look(page, "Log in")
    page.get_by_role("link", name="Forgot your password?").click()
    look(page, "Reset your password")
    page.get_by_label("Email address").fill("stella@example.org")
    press(page, "Send link")
    look(page, "Check your email")
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert link is not None
    page.goto(page.url.split("/account/")[0] + link[1])
    look(page, "Choose a new password")
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password confirmation").fill("short")
    press(page, "Save password")
    look(page, "Choose a new password")
    page.get_by_label("New password", exact=True).fill(PASSWORD + "!")
    page.get_by_label("New password confirmation").fill(PASSWORD + "!")
    press(page, "Save password")
    look(page, "Password saved")
    page.get_by_role("link", name="Log in").click()
    log_in(page, PASSWORD + "!")
    page.wait_for_url("**/two-factor/**")
    page.goto(page.url.split("/account/")[0] + link[1])
    look(page, "This link does not work")
    assert User.objects.get(username="stella").check_password(PASSWORD + "!")
