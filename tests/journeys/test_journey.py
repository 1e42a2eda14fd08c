"""From the page of a program to the invoice: applicants, staff and the real processes of the site.

Three people take the journey: with a desktop, with a phone, and with a browser without scripts. Another one takes it
until staff confirm the program and the invoice arrives. axe checks every page of ours that they see.
"""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import DESKTOP, PHONE, Come, Visitor, open_edition, reading

pytestmark = pytest.mark.journey

ROLE = "Executive director"
HOPE = "Sessions that end with a decision.\nAnd a second line."

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
    expect(summary).to_contain_text("There is a problem with 1 answer")
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
    expect(page.get_by_role("heading", level=1)).to_have_text("We have received your application")
    person.look("sent")
    found = re.search(r"A-\d{4}-\d{4}", page.locator("main").inner_text())
    assert found is not None
    assert found[0] in person.mail(f"^Application {found[0]} received")["text"]
    return found[0]


def register(person: Visitor) -> None:
    """Open the invitation link in the email, register, and get to the private page."""
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
    person.press("Register for 1,997 USD")
    expect(page.get_by_role("alert")).to_be_focused()
    person.look("register-wrong")
    expect(page.get_by_label("Address on the invoice")).to_have_value("12 River Road\nHalifax NS B3H 1A1")
    with reading():
        page.get_by_label("I have read the cancellation policy").check()
    person.press("Register for 1,997 USD")
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
    staff.press("Accept and send email")
    expect(page.locator("main")).to_contain_text("Accepted")


def record_deposit(staff: Visitor, person: Visitor) -> None:
    """Find the registration and record that its deposit has come."""
    page, base = staff.page, staff.site.base_url
    page.goto(f"{base}/admin/cop/registrations/?q={person.email}")
    staff.look("registrations", only="main")
    page.locator("main").get_by_role("link", name=re.compile(person.name)).first.click()
    expect(page.get_by_role("link", name="Record deposit")).to_be_visible()
    staff.look("registration", only="main")
    page.get_by_role("link", name="Record deposit").click()
    staff.look("pay", only="main")
    page.get_by_label("Received on").fill(date.today().isoformat())
    page.locator("main form[method=post] button[type=submit]:not([name])").click()
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
    page.get_by_role("link", name="Confirm program").click()
    staff.look("confirm", only="main")
    staff.press("Confirm and send invoices")
    page.wait_for_url("**/run/")
    staff.look("run", only="main")


def become_member(come: Come, staff: Visitor, name: str, width: int = DESKTOP, *, scripts: bool = True) -> Visitor:
    """Take the journey from the program page until the deposit is paid."""
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
    (attached,) = [
        one for one in person.mail("Your place is secured")["attachments"] if one["content_type"] == "application/pdf"
    ]
    assert "receipt" in person.mail("Your place is secured")["text"].lower(), attached


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
