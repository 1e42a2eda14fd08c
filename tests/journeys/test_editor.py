"""An editor announces a program with a session, fixes what is refused, and adds a question to a form."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitor import DESKTOP, PHONE, Come, Visitor, log_in, open_edition

pytestmark = pytest.mark.journey
PROGRAM = {
    "summary": "A season of sessions for people who keep the minutes.",
    "home_zone": "Europe/Paris",
    "starts_on": "2031-03-03",
    "ends_on": "2031-06-30",
    "application_deadline": "2031-02-03",
    "registration_deadline": "2031-02-10",
    "cancellation_deadline": "2031-02-17",
    "capacity": "9",
    "least_members": "6",
    "fee_0": "450",
    "deposit_0": "50",
}


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def editor(request: pytest.FixtureRequest, come: Come) -> Visitor:
    return log_in(come("Edith", request.param), "editor")


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.blur()  # as whoever goes on to the next field; autosave hears of a change only then
    page.locator("body").dispatch_event("mousedown")  # closes Wagtail's calendar


def drafted(page: Page) -> None:
    """Wait until Wagtail has saved the first draft of a new page: *Publish* meanwhile would make another page."""
    expect(page.locator("[data-edit-form]")).to_have_attribute("action", re.compile(r"/admin/pages/\d+/edit/$"))


def publish(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def published(page: Page) -> str:
    """Wait until Wagtail says so; return the address of the public page."""
    message = page.locator(".messages li", has_text="published")
    expect(message).to_be_visible()
    return str(message.get_by_role("link", name="View live").get_attribute("href"))


def refused(page: Page, words: str) -> None:
    expect(page.locator(".w-field__errors", has_text=words).first).to_be_visible()


def test_announce_a_program_with_a_session(editor: Visitor) -> None:
    page, base = editor.page, editor.site.base_url
    index = editor.site.run(
        "from cop_program.models import ProgramIndexPage as P; print(P.objects.order_by('pk')[0].pk)"
    ).strip()
    title = f"Minutes {uuid4().hex[:6]}"
    page.goto(f"{base}/admin/pages/add/cop_program/programpage/{index}/")
    # A draft needs a title, and neither form can be saved as one: so nothing is saved before *Publish* is refused.
    fill(page, {**PROGRAM, "deposit_0": "500", "title": title})
    publish(page)
    refused(page, "The deposit is part of the fee")
    expect(page.locator("[name=summary]")).to_have_value(PROGRAM["summary"])
    fill(page, {"deposit_0": "50"})
    drafted(page)
    publish(page)
    address = published(page)

    page.goto(f"{base}{address}" if address.startswith("/") else address)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("main")).to_contain_text(PROGRAM["summary"])
    editor.look("announced")

    number = editor.site.run(
        f"from cop_program.models import ProgramPage as P; print(P.objects.get(title={title!r}).pk)"
    ).strip()
    page.goto(f"{base}/admin/pages/add/cop_program/sessionpage/{number}/")
    fill(page, {"starts_at": "2031-07-07 18:00", "ends_at": "2031-07-07 20:00", "title": "How to listen"})
    publish(page)
    expect(page.locator(".w-field__errors").filter(has_text=re.compile(r"\w")).first).to_be_visible()
    fill(
        page,
        {"starts_at": "2031-03-03 18:00", "ends_at": "2031-03-03 20:00", "join_link": "https://meet.example.org/x"},
    )
    drafted(page)
    publish(page)
    published(page)

    page.goto(f"{base}{address}" if address.startswith("/") else address)
    expect(page.locator("main")).to_contain_text("3 March 2031")
    assert "meet.example.org" not in page.content()
    editor.look("announced-session")


COPY = """
from cop_program.models import ProgramPage
from forms_ext.applications.pages import ApplicationFormPage
page = ProgramPage.objects.get(slug={slug!r}).copy(recursive=True, update_attrs={{"title": {key!r}, "slug": {key!r}}})
form = ApplicationFormPage.objects.child_of(page).get()
print(f"form={{form.pk}} {{form.url}}")
"""


def test_make_a_program_private_and_hear_of_its_translation(come: Come) -> None:
    """Straight after Wagtail's dialog, and in the editor from then on."""
    admin = log_in(come("Ada", DESKTOP), "administrator")
    page = admin.page
    slug = open_edition(admin.site)["slug"]
    number = admin.site.run(
        f"from cop_program.models import ProgramPage as P; print(P.objects.get(slug={slug!r}).pk)"
    ).strip()
    warning = page.locator(".messages li.warning", has_text="of pages below it are still public")
    note = page.locator(".help-warning", has_text="of pages below it are still public")
    page.goto(f"{admin.site.base_url}/admin/pages/{number}/edit/")
    page.get_by_role("button", name="Toggle status").click()  # it stays open
    set_privacy(page, "login")
    expect(warning).to_contain_text("(German)")
    page.reload()
    expect(note).to_contain_text("(German)")
    admin.look("private", only=".help-warning")
    set_privacy(page, "none")
    page.reload()
    expect(page.locator("[name=summary]")).to_be_visible()
    expect(note).to_have_count(0)


def set_privacy(page: Page, kind: str) -> None:
    page.get_by_role("button", name="Change privacy").click()
    page.locator(f"[name=restriction_type][value={kind}]").check()
    page.locator("#set-privacy [type=submit]").click()
    expect(page.locator("#set-privacy form")).to_be_hidden()


def test_add_a_question_to_the_application_form(editor: Visitor) -> None:
    page, site = editor.page, editor.site
    key = f"asked-{uuid4().hex[:6]}"
    script = COPY.format(slug=open_edition(site)["slug"], key=key)
    made = re.search(r"form=(\d+) \S*?(/programs/\S+)", site.run(script))
    assert made is not None
    label = f"Who told you of us? {key}"
    page.goto(f"{site.base_url}/admin/pages/{made[1]}/edit/")
    page.locator('button[title="Insert a block"]').last.click()
    page.get_by_role("option", name="Text", exact=True).first.click()
    asked = page.locator("[name^=questions-][name$=-value-label]").last
    page.wait_for_timeout(1000)  # the block opens
    if not asked.is_visible():  # all are closed once the page has settled, this one with them
        page.locator("[data-contentpath=questions] [data-panel-toggle]").last.click()
    asked.fill(label)
    required = page.locator("[name^=questions-][name$=-value-required]").last
    expect(required).to_be_checked()
    required.press("Space")  # a click may meet the block while it still moves into its place
    expect(required).not_to_be_checked()
    publish(page)
    published(page)
    page.goto(f"{site.base_url}{made[2]}")
    expect(page.get_by_label(label)).to_be_visible()
    editor.look("question-added")
