"""From the page of a program to the invoice: applicants, staff and the real processes of the site.

Three people go the way: with a desktop, with a phone, and with a browser that runs no scripts. One more goes it until
staff confirm the program and the invoice comes. Everything of ours that they see is looked at by axe.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.live import LiveSite

pytestmark = pytest.mark.journey

DESKTOP, PHONE = 1280, 390
# A form that comes back faster is taken for a machine's (COP_FORM_MIN_SECONDS).
READING_SECONDS = 2.2
MAIL_SECONDS = 40
expect.set_options(timeout=20_000)
SHOTS = os.environ.get("COP_JOURNEY_SHOTS")
ROLE = "Executive director"
HOPE = "Meetings that end with a decision.\nAnd a second line."


class Visitor:
    """Somebody with a browser of their own, who sees whether the pages are fit to be seen."""

    def __init__(self, page: Page, site: LiveSite, name: str, *, scripts: bool) -> None:
        self.page, self.site, self.name, self.scripts = page, site, name, scripts
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
                found = Axe().run(self.page, context=context).response["violations"] if self.scripts else []
            except PlaywrightError:
                self.page.wait_for_timeout(500)
            else:
                return fits, found
        raise AssertionError("The page does not come to rest.")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def mail(self, subject: str) -> dict[str, Any]:
        """Return the mail to this person with `subject`, as the mailbox page gives it; wait until it has come."""
        address = f"{self.site.base_url}/demo/mailbox/?format=json&to={self.email}"
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            mails: list[dict[str, Any]] = self.page.request.get(address).json()["mails"]
            for mail in mails:
                if re.search(subject, mail["subject"]):
                    return mail
            time.sleep(0.3)
        raise AssertionError(f"No mail {subject!r} to {self.email}; came: {[mail['subject'] for mail in mails]}")


type Come = Callable[..., Visitor]


@pytest.fixture
def come(browser: Browser, live_site: LiveSite) -> Iterator[Come]:
    """Open a browser of its own; axe is put into the page past the site's Content-Security-Policy."""
    contexts = []

    def enter(name: str, width: int = DESKTOP, *, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            bypass_csp=True,
            locale="en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visitor(context.new_page(), live_site, name, scripts=scripts)

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def staff(come: Come, live_site: LiveSite) -> Visitor:
    """Somebody of the staff, in the admin."""
    visitor = come("Stella")
    username, password = live_site.password("staff")
    visitor.page.goto(f"{live_site.base_url}/admin/login/")
    visitor.page.fill("[name=username]", username)
    visitor.page.fill("[name=password]", password)
    visitor.page.locator("button[type=submit]").click()
    visitor.page.wait_for_url("**/admin/")
    return visitor


def open_edition(site: LiveSite) -> dict[str, str]:
    """Return the program that takes applications: the newest."""
    program: dict[str, str] = site.demo["programs"][0]
    return program


@contextmanager
def reading() -> Iterator[None]:
    """Take as long for what stands inside as somebody who reads."""
    started = time.monotonic()
    yield
    time.sleep(max(0.0, READING_SECONDS - (time.monotonic() - started)))


# --- The applicant -------------------------------------------------------------------------------


def fill_application(person: Visitor) -> None:
    """Answer everything but the email address."""
    page = person.page
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("Your organization").fill("Riverbend Housing Cooperative")
    page.get_by_label("Your role of leadership").fill(ROLE)
    for choice in ("11 to 50", "Not for profit", "Several circles", "Taking it now"):
        page.get_by_label(choice, exact=True).check()
    page.get_by_label("Your country").select_option("CA")
    page.get_by_label("Your time zone").select_option("America/New_York")
    page.get_by_label("What do you hope to take home?").fill(HOPE)


def apply(person: Visitor) -> str:
    """Find the program, send the application wrong and then right; return its reference."""
    page, program = person.page, open_edition(person.site)
    page.goto(program["url"])
    person.look("program")
    page.locator("main").get_by_role("link", name=re.compile("^Apply")).first.click()
    expect(page).to_have_url(program["application_url"])
    person.look("form")
    with reading():
        fill_application(person)
        page.get_by_label("Your email address").fill("not an address")
    person.press("Send the application")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("1 answer needs mending")
    expect(summary).to_be_focused()
    person.look("form-wrong")
    expect(page.get_by_label("Your name")).to_have_value(person.name)
    expect(page.get_by_label("Your email address")).to_have_value("not an address")
    expect(page.get_by_label("Your role of leadership")).to_have_value(ROLE)
    expect(page.get_by_label("Not for profit", exact=True)).to_be_checked()
    expect(page.get_by_label("Your country")).to_have_value("CA")
    expect(page.get_by_label("Your time zone")).to_have_value("America/New_York")
    expect(page.get_by_label("What do you hope to take home?")).to_have_value(HOPE)
    summary.get_by_role("link").click()
    expect(page.get_by_label("Your email address")).to_be_focused()
    with reading():
        page.get_by_label("Your email address").fill(person.email)
    person.press("Send the application")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your application")
    person.look("sent")
    found = re.search(r"A-\d{4}-\d{4}", page.locator("main").inner_text())
    assert found is not None
    assert found[0] in person.mail(f"^We have your application {found[0]}")["text"]
    return found[0]


def register(person: Visitor) -> None:
    """Open the personal link of the mail, register, and come to the private page."""
    page = person.page
    link = next(link for link in person.mail("accepted|place|register|admitted")["links"] if "/invitation/" in link)
    page.goto(link)
    person.look("register")
    expect(page.get_by_label("Your name")).to_have_value(person.name)
    expect(page.get_by_label("Your email address")).to_have_value(person.email)
    with reading():
        page.get_by_label("Name on the invoice").fill("Riverbend Housing Cooperative")
        page.get_by_label("Address on the invoice").fill("12 River Road\nHalifax NS B3H 1A1")
        page.get_by_label("Country of that address").select_option("CA")
    person.press("Register")
    expect(page.get_by_role("alert")).to_be_focused()
    person.look("register-wrong")
    expect(page.get_by_label("Address on the invoice")).to_have_value("12 River Road\nHalifax NS B3H 1A1")
    with reading():
        page.get_by_label("I have read the cancellation policy").check()
    person.press("Register")
    page.wait_for_url("**/go/member/**")
    expect(page.locator("main")).to_contain_text("Deposit")
    person.look("member-to-pay")


# --- Staff ---------------------------------------------------------------------------------------


def accept(staff: Visitor, person: Visitor, reference: str) -> None:
    """Find the application in the register and accept it."""
    page, base = staff.page, staff.site.base_url
    page.goto(f"{base}/admin/cop/applications/?q={reference}")
    staff.look("applications", only="main")
    page.locator("main").get_by_role("link", name=re.compile(person.name)).first.click()
    expect(page.locator("main .cop-title h1")).to_have_text(person.name)
    staff.look("person", only="main")
    page.locator("summary", has_text="Accept").click()
    staff.look("person-accept", only="main")
    page.locator("form:has(input[name=action][value=accepted]) button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Accepted")


def record_deposit(staff: Visitor, person: Visitor) -> None:
    """Find the registration and record that its deposit has come."""
    page, base = staff.page, staff.site.base_url
    page.goto(f"{base}/admin/cop/registrations/?q={person.email}")
    staff.look("registrations", only="main")
    page.locator("main").get_by_role("link", name=re.compile(person.name)).first.click()
    expect(page.get_by_role("link", name="Record the deposit")).to_be_visible()
    staff.look("registration", only="main")
    page.get_by_role("link", name="Record the deposit").click()
    staff.look("pay", only="main")
    page.get_by_label("Received on").fill(date.today().isoformat())
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url("**/registrations/*/")
    expect(page.locator("main")).to_contain_text("Member")
    staff.look("registration-paid", only="main")


def confirm_program(staff: Visitor) -> None:
    """Confirm the program and see the invoices through."""
    page, program = staff.page, open_edition(staff.site)
    page.goto(f"{staff.site.base_url}/admin/cop/programs/")
    staff.look("programs", only="main")
    page.locator("main").get_by_role("link", name=program["title"], exact=True).first.click()
    staff.look("program-home", only="main")
    page.get_by_role("link", name="Confirm the program").click()
    staff.look("confirm", only="main")
    staff.press("Confirm and send the invoices")
    page.wait_for_url("**/run/")
    staff.look("run", only="main")


def become_member(come: Come, staff: Visitor, name: str, width: int = DESKTOP, *, scripts: bool = True) -> Visitor:
    """Go the way from the page of the program until the deposit has come."""
    person = come(name, width, scripts=scripts)
    reference = apply(person)
    accept(staff, person, reference)
    register(person)
    record_deposit(staff, person)
    person.page.reload()
    expect(person.page.locator("main")).not_to_contain_text("Bank details")
    expect(person.page.locator("main")).to_contain_text("Receipt")
    expect(person.page.locator("main")).not_to_contain_text("Unknown")
    person.look("member-paid")
    return person


@pytest.mark.parametrize(
    ("name", "width", "scripts"),
    [("Desmond Tops", DESKTOP, True), ("Phoebe Nelson", PHONE, True), ("Noel Scriven", PHONE, False)],
    ids=["desktop", "phone", "no-scripts"],
)
def test_an_applicant_becomes_a_member(come: Come, staff: Visitor, name: str, width: int, scripts: bool) -> None:
    person = become_member(come, staff, name, width, scripts=scripts)
    assert person.mail("(?i)receipt")


def test_confirming_the_program_sends_invoices(come: Come, staff: Visitor) -> None:
    person = become_member(come, staff, "Ines Voyce")
    confirm_program(staff)
    mail = person.mail("(?i)invoice")
    (attached,) = mail["attachments"]
    assert attached["content_type"] == "application/pdf"
    pdf = person.page.request.get(f"{person.site.base_url}/demo/mailbox/{mail['id']}/files/0/").body()
    assert pdf.startswith(b"%PDF-")
    person.page.reload()
    expect(person.page.get_by_role("link", name=re.compile("^Invoice"))).to_be_visible()
    person.look("member-invoice")
