"""A person with a browser, who checks every page with axe."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.live import LiveSite

DESKTOP, PHONE = 1280, 390
# A faster form is treated as spam (COP_FORM_MIN_SECONDS).
READING_SECONDS = 2.2
MAIL_SECONDS = 40
expect.set_options(timeout=20_000)
SHOTS = os.environ.get("COP_JOURNEY_SHOTS")


class Visitor:
    """A person with a separate browser, who checks every page."""

    def __init__(self, page: Page, site: LiveSite, name: str, *, twin: Page | None = None) -> None:
        self.page, self.site, self.name, self.twin = page, site, name, twin
        self.scripts = twin is None
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.org"

    def look(self, what: str, *, only: str = "") -> None:
        """Check the page that is open: axe finds nothing, nothing is cut off at the side, no script failed."""
        if SHOTS:
            width = (self.page.viewport_size or {"width": 0})["width"]
            self.page.screenshot(path=str(Path(SHOTS) / f"{what}-{width}-{self.scripts:d}.png"), full_page=True)
        # Wagtail's own: the number of matches is a heading that is an alert; messages fade in.
        context = {"include": [[only]], "exclude": [["h2[role=alert]"], [".messages"]]} if only else None
        fits, found = self.inspect(context, only or "main")
        assert fits, f"{what}: too wide"
        assert self.errors == [], what
        faults = [f"{rule['id']}: {node['html'][:300]}" for rule in found for node in rule["nodes"]]
        assert not faults, f"{what}: {faults}"

    def inspect(self, context: dict[str, Any] | None, part: str) -> tuple[bool, list[dict[str, Any]]]:
        """Return whether the page fits its window, and what axe finds.

        A page that was just being left is looked at again once the next one stands.
        """
        for _attempt in range(5):
            self.page.wait_for_load_state()
            expect(self.page.locator(part).first).to_be_visible()
            try:
                fits = bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                found = Axe().run(self.stage(), context=context).response["violations"]
            except PlaywrightError:
                self.page.wait_for_timeout(500)
            else:
                return fits, found
        raise AssertionError("The page does not come to rest.")

    def stage(self) -> Page:
        """Return a page in which axe can run: this one, or the same HTML in a browser that runs axe alone."""
        if self.twin is None:
            return self.page
        html = self.page.content().replace("noscript>", "div>")
        self.twin.unroute_all()
        self.twin.route("**/*.js", lambda route: route.abort())
        self.twin.route(
            lambda url: url == self.page.url, lambda route: route.fulfill(body=html, content_type="text/html")
        )
        self.twin.goto(self.page.url)
        return self.twin

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def mail(self, subject: str, to: str = "") -> dict[str, Any]:
        """Return the email to this person (or `to`) with `subject` from the mailbox page, once it has arrived."""
        to = to or self.email
        address = f"{self.site.base_url}/demo/mailbox/?format=json&to={to}"
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            mails: list[dict[str, Any]] = self.page.request.get(address).json()["mails"]
            for mail in mails:
                if re.search(subject, mail["subject"]):
                    return mail
            time.sleep(0.3)
        raise AssertionError(f"No mail {subject!r} to {to}; came: {[mail['subject'] for mail in mails]}")


type Come = Callable[..., Visitor]


def new_page(browser: Browser, width: int, *, scripts: bool = True) -> Page:
    """Return a page of a browser of its own; axe is put into it past the site's Content-Security-Policy."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        bypass_csp=True,
        locale="en-US",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def log_in(visitor: Visitor, role: str) -> Visitor:
    """Let `visitor` come into the admin in `role`."""
    username, password = visitor.site.password(role)
    page = visitor.page
    page.goto(f"{visitor.site.base_url}/admin/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/admin/")
    return visitor


def open_edition(site: LiveSite) -> dict[str, str]:
    """Return the program that takes applications: the newest."""
    program: dict[str, str] = site.demo["programs"][0]
    return program


@contextmanager
def reading() -> Iterator[None]:
    """Take as long for the code inside as a person who reads."""
    started = time.monotonic()
    yield
    time.sleep(max(0.0, READING_SECONDS - (time.monotonic() - started)))
