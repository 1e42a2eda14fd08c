"""A day of the staff in the admin, on a desktop and on a phone, with a separate edition.

The tests are one sequence: each continues where the one before it has left the edition.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.visitor import DESKTOP, PHONE, Visitor, log_in, new_page, open_edition
from tests.live import LiveSite

pytestmark = pytest.mark.journey

SCRIPT = Path(__file__).with_name("edition.py").read_text()
CAST = {
    "Dora Decline": "submitted",
    "Wanda Wait": "submitted",
    "Bela Bulk": "submitted",
    "Bruno Bulk": "submitted",
    "Rita Refund": "member",
    "Kees Kept": "member",
    "Petra Part": "held",
}


@dataclass
class Desk:
    """A staff member, and the edition that they manage."""

    visitor: Visitor
    title: str
    program: int
    seen: set[str] = field(default_factory=set)

    @property
    def main(self) -> Locator:
        return self.visitor.page.locator("main")

    def open(self, path: str, what: str) -> None:
        """Open a page of the admin and look at it."""
        self.visitor.page.goto(f"{self.visitor.site.base_url}/admin/cop/{path}")
        self.look(what)

    def look(self, what: str) -> None:
        """Look at the page that is open, once for each kind of page: fit to be seen, and headed once."""
        if what in self.seen:
            return
        self.seen.add(what)
        self.visitor.look(f"staff-{what}", only="main")
        expect(self.visitor.page.locator("h1")).to_have_count(1)

    def find(self, register: str, name: str, what: str) -> None:
        """Search a list for a person, and open their page from it."""
        self.open(f"{register}/?program={self.program}&q={name.split()[0]}", register)
        self.main.get_by_role("link", name=name, exact=True).first.click()
        expect(self.visitor.page.locator("main .cop-title h1")).to_have_text(name)
        self.look(what)

    def panel(self, heading: str, what: str) -> Locator:
        """Open one decision on the page of a person, look at it, and return it."""
        panel = self.main.locator("details.cop-decide", has=self.visitor.page.locator("summary", has_text=heading))
        panel.locator("summary").first.click()
        expect(panel.locator("button[type=submit]").first).to_be_visible()
        self.look(what)
        return panel

    def said(self, words: str) -> None:
        """Check what is said once a thing is done."""
        expect(self.visitor.page.locator(".messages")).to_contain_text(words)


def mail_in(panel: Locator) -> Locator:
    """Return the subject of the email that a decision shows before it is sent."""
    return panel.locator(".cop-rendered-subject")


def address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.org"


@pytest.fixture(scope="module", params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def desk(request: pytest.FixtureRequest, browser: Browser, live_site: LiveSite) -> Iterator[Desk]:
    """Come in through the login page, to an edition that has a few people in it."""
    key = f"{request.param}-{uuid4().hex[:6]}"
    title = f"A Year of Consent {key}"
    names: dict[str, Any] = {
        "SOURCE": open_edition(live_site)["slug"],
        "KEY": f"staff-{key}",
        "TITLE": title,
        "CAST": CAST,
    }
    given = "\n".join(f"{name} = {json.dumps(value)}" for name, value in names.items())
    made = re.search(r"program=(\d+)", live_site.run(f"{given}\n{SCRIPT}"))
    assert made is not None
    visitor = Visitor(new_page(browser, request.param), live_site, "Stella")
    visitor.page.goto(f"{live_site.base_url}/admin/login/")
    visitor.look("staff-login", only="body")
    yield Desk(log_in(visitor, "staff"), title, int(made[1]))
    visitor.page.context.close()


def test_decide_one_by_one(desk: Desk) -> None:
    page = desk.visitor.page
    desk.find("applications", "Dora Decline", "person")
    page.get_by_role("textbox", name="Note").fill("Asked twice for a scholarship.")
    desk.visitor.press("Save note")
    desk.said("Note saved")
    expect(desk.main).to_contain_text("Asked twice for a scholarship.")
    panel = desk.panel("Decline", "decline")
    expect(mail_in(panel)).to_have_text(f"We cannot offer you a place: {desk.title}")
    panel.get_by_label("Reason").fill("No leadership role yet.")
    panel.get_by_role("button", name="Decline and send email").click()
    desk.said("Dora Decline declined")
    expect(desk.main.locator(".cop-timeline")).to_contain_text("No leadership role yet.")
    desk.visitor.mail("We cannot offer you a place", to=address("Dora Decline"))

    desk.find("applications", "Wanda Wait", "person")
    panel = desk.panel("Waitlist", "waitlist")
    expect(mail_in(panel)).to_have_text(f"You are on the waiting list: {desk.title}")
    panel.get_by_role("button", name="Waitlist and send email").click()
    desk.said("Wanda Wait waitlisted")
    panel = desk.panel("Withdraw", "withdraw")
    expect(mail_in(panel)).to_have_text(f"Your application has been withdrawn: {desk.title}")
    panel.get_by_role("button", name="Withdraw application").click()
    desk.said("Application of Wanda Wait withdrawn")
    expect(desk.main).to_contain_text("Puts the application back to")
    desk.look("withdrawn")


def test_accept_many_with_a_last_day(desk: Desk) -> None:
    page = desk.visitor.page
    desk.open(f"applications/?program={desk.program}&q=Bulk", "applications-found")
    boxes = page.locator("[data-bulk-action-checkbox]")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    page.get_by_role("link", name="Accept selected applications").click()
    expect(desk.main).to_contain_text("2 applications and their emails")
    desk.look("many")
    day = datetime.now(UTC).date() + timedelta(days=60)
    day_in_words = f"{day:%A} {day.day} {day:%B %Y}"
    page.get_by_label("Last day of the link").fill(day.isoformat())
    desk.visitor.press("Preview")
    expect(page.get_by_label("Last day of the link")).to_have_value(day.isoformat())
    for name in ("Bela Bulk", "Bruno Bulk"):
        letter = desk.main.locator("details", has_text=name)
        if letter.get_attribute("open") is None:
            letter.locator("summary").click()
        expect(letter.locator("pre")).to_contain_text(f"the end of {day_in_words}")
    desk.look("many-with-day")
    desk.visitor.press("Accept (2)")
    desk.said("2 applications decided: Accepted.")
    assert day_in_words in desk.visitor.mail("You have been accepted", to=address("Bela Bulk"))["text"]


def test_enter_one_on_behalf_and_mind_the_link(desk: Desk) -> None:
    page, name = desk.visitor.page, f"Enid Behalf{desk.program}"
    desk.open("applications/", "applications")
    page.get_by_role("link", name="Add application").click()
    desk.look("enter-for-which")
    desk.main.get_by_label("Program").select_option(label=desk.title)
    desk.visitor.press("Continue")
    page.get_by_label("Your name").fill(name)
    desk.visitor.press("Add application")
    desk.said("The application was not saved")
    expect(desk.main).to_contain_text("Enter your email address.")
    desk.look("enter-wrong")
    expect(page.get_by_label("Your name")).to_have_value(name)
    page.get_by_label("Your email address").fill(address(name))
    page.get_by_label("Your organization").fill("Riverbend Housing Cooperative")
    page.get_by_label("Your role of leadership").fill("Executive director")
    for choice in ("11 to 50", "Not for profit", "Several circles", "Taking it now"):
        page.get_by_label(choice, exact=True).check()
    page.get_by_label("Your country").select_option("CA")
    page.get_by_label("Your time zone").select_option("America/New_York")
    page.get_by_label("What do you hope to take home?").fill("Peers.")
    desk.visitor.press("Add application")
    desk.said("Application added")
    expect(desk.main.locator(".cop-timeline")).to_contain_text("Application added by staff")
    desk.visitor.mail("^Application .* received", to=address(name))

    panel = desk.panel("Accept", "accept")
    panel.get_by_role("button", name="Accept and send email").click()
    desk.said(f"{name} accepted")
    panel = desk.panel("Send a new link", "link")
    expect(mail_in(panel)).to_have_text(f"Your new invitation link: {desk.title}")
    panel.get_by_role("button", name="Send new link").click()
    desk.said("The old one no longer works")
    old, new = (
        next(link for link in desk.visitor.mail(subject, to=address(name))["links"] if "/invitation/" in link)
        for subject in ("You have been accepted", "Your new invitation link")
    )
    assert page.request.get(old).status == 404
    assert page.request.get(new).ok
    panel = desk.panel("Revoke link", "revoke")
    panel.get_by_label("Reason").fill("Wrote to the wrong address.")
    panel.get_by_role("button", name="Revoke link").click()
    desk.said("Link revoked")
    expect(desk.main.locator(".cop-timeline")).to_contain_text("Wrote to the wrong address.")
    assert page.request.get(new).status == 404


def cancel(desk: Desk, name: str, amount: str, reason: str) -> None:
    page = desk.visitor.page
    desk.find("registrations", name, "member")
    page.get_by_role("link", name="Cancel registration").click()
    page.get_by_label("Refund", exact=True).fill(amount)
    desk.visitor.press("Cancel registration")
    expect(desk.main).to_contain_text("Enter the reason why the refund is not what the policy says")
    desk.look("cancel")
    page.get_by_label("Reason").fill(reason)
    desk.visitor.press("Cancel registration")
    desk.said(f"Registration of {name} cancelled")
    expect(desk.main.locator(".cop-facts")).to_contain_text(reason)


def test_cancel_with_and_without_a_refund_and_record_a_part(desk: Desk) -> None:
    page = desk.visitor.page
    cancel(desk, "Rita Refund", "60", "Fell ill.")
    cancel(desk, "Kees Kept", "0", "Never answered.")
    desk.open(f"refunds/?program={desk.program}", "refunds")
    expect(desk.main.locator("tbody")).to_contain_text("Rita Refund")
    expect(desk.main.locator("tbody")).not_to_contain_text("Kees Kept")
    assert "refund" in desk.visitor.mail("is cancelled", to=address("Rita Refund"))["text"]

    desk.find("registrations", "Petra Part", "held")
    desk.main.locator(".cop-facts a[href*='/accounts/']").click()
    desk.look("account")
    page.get_by_role("link", name="Record payment").click()
    page.get_by_label("Amount").fill("40")
    desk.look("pay")
    desk.visitor.press("Record payment")
    desk.look("account-paid")
    expect(desk.main.locator(".cop-figures")).to_contain_text(re.compile(r"\b40\sUSD\s*paid"))
    expect(desk.main.locator(".cop-figures")).to_contain_text("1,957")
    desk.find("registrations", "Petra Part", "held")
    expect(desk.main.locator(".cop-title")).to_contain_text("Place held")


def test_read_the_outbox_and_change_a_mail(desk: Desk, browser: Browser) -> None:
    page = desk.visitor.page
    desk.open(f"outbox/?scope=program:{desk.program}&q=Dora", "outbox")
    desk.main.get_by_role("link", name="Dora Decline", exact=True).first.click()
    expect(desk.main).to_contain_text("We cannot offer you a place")
    desk.look("mail")

    width = (page.viewport_size or {"width": DESKTOP})["width"]
    editor = Visitor(new_page(browser, width), desk.visitor.site, "Edith")
    log_in(editor, "editor")
    editor.page.goto(f"{editor.site.base_url}/admin/cop-mail/templates/?scope=program:{desk.program}")
    editor.look("templates", only="main")
    editor.page.get_by_role("link", name="Application declined").first.click()
    editor.look("template", only="main")
    editor.page.get_by_label("Subject").fill("Not this time: {program}")
    editor.press("Preview")
    expect(editor.page.locator(".cop-rendered-subject").first).to_contain_text(
        "Not this time: Nurturing Healthy Culture"
    )
    expect(editor.page.locator("select[name=values_of] option")).to_have_count(1)
    editor.press("Save")
    expect(editor.page.locator(".messages")).to_contain_text("Text saved.")
    editor.look("template-saved", only="main")
    editor.page.context.close()

    page.goto(f"{desk.visitor.site.base_url}/admin/cop-mail/templates/declined/?scope=program:{desk.program}")
    page.get_by_label("Preview with").select_option(index=1)
    desk.visitor.press("Preview")
    expect(page.locator(".cop-rendered-subject").first).to_have_text(f"Not this time: {desk.title}")
    desk.look("template-of-a-person")
    desk.visitor.page.goto(f"{desk.visitor.site.base_url}/demo/mailbox/")
    desk.visitor.look("mailbox")
    page.locator(".cop-demo-mails a").first.click()
    desk.visitor.look("mailbox-mail")


def test_call_the_program_off(desk: Desk) -> None:
    page = desk.visitor.page
    desk.open("programs/", "programs")
    page.get_by_role("link", name=desk.title, exact=True).click()
    desk.look("program")
    page.get_by_role("link", name="Cancel program").click()
    page.get_by_label("Reason").fill("Too few people.")
    desk.visitor.press("Cancel program")
    expect(desk.main).to_contain_text("This field is required")
    desk.look("call-off")
    page.get_by_label("Cancel the program. This cannot be undone.").check()
    desk.visitor.press("Cancel program")
    expect(page.locator("#cop-how-far")).to_contain_text("0 failed, 0 remaining")
    desk.look("run")
    for name in ("Petra Part", "Bela Bulk"):
        desk.visitor.mail("^Cancelled", to=address(name))
    desk.open(f"registrations/?program={desk.program}", "registrations")
    expect(desk.main.locator("tbody")).not_to_contain_text("Place held")
