"""`make screenshots`: the main pages of the demo, 1280 and 390 px wide, as docs/screenshots/NAME-WIDTH.webp.

It starts the demo's site in a temporary folder and visits its pages. docs/screenshots.md shows the result.
"""

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsers import launch_arguments
from tests.journeys.visitor import DESKTOP, PHONE, Visitor, log_in, new_page, open_edition
from tests.live import LiveSite, temporary_site

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
TALLEST = 2200
QUALITY = 75

type Way = Callable[[Page, str], object]


def at(path: str) -> Way:
    """Go to an address of the site."""
    return lambda page, base: page.goto(base + path)


def first_of(path: str, *names: str) -> Way:
    """Go to a page, and follow the first link of its main part whose name matches, for each of `names`."""

    def way(page: Page, base: str) -> None:
        page.goto(base + path)
        for name in names:
            page.locator("main").get_by_role("link", name=re.compile(name)).first.click()
            page.wait_for_load_state()

    return way


def row(path: str, link: str = "main tbody a") -> Way:
    """Go to a page, and follow the first of its links that `link` selects."""

    def way(page: Page, base: str) -> None:
        page.goto(base + path)
        page.locator(link).first.click()

    return way


def linked(kind: str, sign: str) -> Way:
    """Follow links with `kind` in the newest emails of the mailbox, until one opens a page with `sign`."""

    def way(page: Page, base: str) -> None:
        with urlopen(f"{base}/demo/mailbox/?format=json") as response:
            mails = json.load(response)["mails"]
        for link in [link for mail in mails for link in mail["links"] if kind in link]:
            page.goto(base + urlsplit(link).path)  # the demo was loaded for another address
            if page.locator(sign).count():
                return
        raise LookupError(kind)

    return way


def sent_empty(page: Page, base: str) -> None:
    """Send the application with nothing in it, after the time that a person needs."""
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Send the application").click()
    page.get_by_role("alert").first.wait_for()


def visitors(site: LiveSite) -> dict[str, Way]:
    """Return the public pages."""
    program = open_edition(site)
    where = program["url"].removeprefix(site.base_url)
    form = program["application_url"].removeprefix(site.base_url)

    def wrong(page: Page, base: str) -> None:
        page.goto(base + form)
        sent_empty(page, base)

    return {
        "home": at("/"),
        "programs": at("/programs/"),
        "program": at(where),
        "session": row(where, f"main a[href^='{where}1-']"),
        "facilitators": at("/facilitators/"),
        "application": at(form),
        "application-errors": wrong,
        "registration": linked("/invitation/", "form[method=post]"),
        "member": linked("/go/member/", "#sessions"),
        "mailbox": at("/demo/mailbox/"),
    }


def staff(site: LiveSite) -> dict[str, Way]:
    """Return what the staff see."""
    title = f"^{re.escape(open_edition(site)['title'])}$"
    return {
        "staff-programs": at("/admin/cop/programs/"),
        "staff-program": first_of("/admin/cop/programs/", title),
        "staff-confirm": first_of("/admin/cop/programs/", title, "^Confirm program"),
        "staff-applications": at("/admin/cop/applications/"),
        "staff-application": row("/admin/cop/applications/?state=submitted"),
        "staff-registrations": at("/admin/cop/registrations/"),
        "staff-registration": row("/admin/cop/registrations/?state=member"),
        "staff-accounts": at("/admin/cop/accounts/"),
        "staff-invoices": at("/admin/cop/invoices/"),
        "staff-outbox": at("/admin/cop/outbox/"),
        "staff-export": at("/admin/cop/exports/applications/"),
    }


def editors(site: LiveSite) -> dict[str, Way]:
    """Return what editors see."""
    number = re.findall(r"\d+", open_edition(site)["api_url"])[-1]
    form = re.findall(r"\d+", open_edition(site)["application_api_url"])[-1]
    return {
        "editor-program": at(f"/admin/pages/{number}/edit/"),
        "editor-form": at(f"/admin/pages/{form}/edit/"),
        "editor-pages": at(f"/admin/pages/{number}/"),
    }


@contextmanager
def somebody(browser: Browser, site: LiveSite, width: int, role: str) -> Iterator[Page]:
    """Open a separate browser, logged in if there is a role."""
    page = new_page(browser, width)
    if role:
        log_in(Visitor(page, site, role), role)
    yield page
    page.context.close()


def take(page: Page, name: str) -> None:
    """Store what the page shows."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)
    print(f"==> {name}.webp", flush=True)


def main() -> None:
    """Take all pictures anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    site = temporary_site()
    print("==> Starting the demo", flush=True)
    site.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_arguments())
            for role, ways in (("", visitors(site)), ("staff", staff(site)), ("editor", editors(site))):
                for width in (DESKTOP, PHONE):
                    with somebody(browser, site, width, role) as page:
                        for name, way in ways.items():
                            way(page, site.base_url)
                            take(page, f"{name}-{width}")
    finally:
        site.stop()
        shutil.rmtree(site.data_dir, ignore_errors=True)


if __name__ == "__main__":
    main()
