"""Public forms in a real browser: back button, double click, the reader's own time zone, with and without scripts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from wagtail.models import Locale, Site

from cop_program.clock import now
from cop_program.models import ProgramPage, SessionPage
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from tests.forms_ext.forms import factories
from tests.forms_ext.ledger.factories import make_program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    *factories.APPLICATION,
    ("time_zone", {"label": "Zone", "required": False}),
    ("file", {"label": "Paper", "required": False}),
]
STEPS = [*QUESTIONS[:3], ("step", {"title": "About you"}), *QUESTIONS[3:]]
HOPES = "Two lines,\nand more."
PAPER = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
GAP = """(heading) => {
  const range = document.createRange();
  range.selectNodeContents(heading);
  return heading.getBoundingClientRect().right - Math.max(...[...range.getClientRects()].map((one) => one.right));
}"""
type Visit = Callable[..., Page]


@pytest.fixture
def form_page(live_server: LiveServer, settings: Any) -> ApplicationFormPage:
    settings.COP_FORM_MIN_SECONDS = 0
    today = now().date()
    days = {"application_deadline": 30, "registration_deadline": 40, "starts_on": 60, "ends_on": 90}
    program = make_program(**{name: today + timedelta(days=number) for name, number in days.items()})
    program.page.save_revision().publish()
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    return factories.make_application_form(program.page, QUESTIONS)


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Open a page in a separate browser with the time zone of Perth."""
    contexts = []

    def enter(address: str, *, scripts: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            timezone_id="Australia/Perth",
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            base_url=live_server.url,
            bypass_csp=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield enter
    for context in contexts:
        context.close()


def fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Ada Sample")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Small").check()
    page.get_by_label("Country").select_option("CA")
    page.get_by_label("Hopes").fill(HOPES)


def expect_filled(page: Page) -> None:
    expect(page.get_by_label("Your name")).to_have_value("Ada Sample")
    expect(page.get_by_label("Email")).to_have_value("ada@example.org")
    expect(page.get_by_label("Small")).to_be_checked()
    expect(page.get_by_label("Country")).to_have_value("CA")
    expect(page.get_by_label("Hopes")).to_have_value(HOPES)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def expect_receipt(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("We have received your application")
    expect(page.locator("main")).to_contain_text("A-")


def faults(page: Page) -> list[str]:
    """Return what axe finds, and whether the page is too wide."""
    found: dict[str, Any] = Axe().run(page).response
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]] + (
        ["too wide"] if wide else []
    )


expect.set_options(timeout=20_000)
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def test_the_question_for_the_time_zone_begins_with_the_readers_own(
    form_page: ApplicationFormPage, visit: Visit
) -> None:
    page = visit(form_page.url)
    zone = page.locator("#id_zone")
    expect(zone).to_have_value("Australia/Perth")
    zone.select_option("Europe/Paris")
    page.get_by_label("Your name").fill("Ada Sample")
    press(page, "Send application")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(zone).to_have_value("Europe/Paris")


@SCRIPTS
def test_choosing_a_time_zone_below_a_half_filled_form_keeps_everything(
    form_page: ApplicationFormPage, visit: Visit, scripts: bool
) -> None:
    page = visit(form_page.url, scripts=scripts)
    fill(page)
    page.get_by_label("Paper").set_input_files(PAPER)  # type: ignore[arg-type]
    page.get_by_label("Show times in").select_option("Asia/Tokyo")
    press(page, "Set time zone")
    expect(page.locator("main > .cop")).to_have_attribute("data-zone", "Asia/Tokyo")
    expect_filled(page)
    expect(page.locator("main")).to_contain_text("Uploaded: a.pdf")
    press(page, "Send application")
    expect_receipt(page)
    assert Application.objects.get().answers["paper"]["name"] == "a.pdf"


def test_a_zone_that_is_chosen_overtakes_the_browsers_own(form_page: ApplicationFormPage, visit: Visit) -> None:
    page, slow = visit("/"), []
    page.route("**/*tz=Australia*", lambda route: slow.append(route))
    page.goto(page.url.removesuffix("/") + form_page.url)
    zone = page.get_by_label("Show times in")
    zone.select_option("Asia/Tokyo")
    slow[0].fulfill(response=slow[0].fetch())
    page.wait_for_timeout(300)
    expect(zone).to_have_value("Asia/Tokyo")
    press(page, "Set time zone")
    expect(page.locator("main > .cop")).to_have_attribute("data-zone", "Asia/Tokyo")


def test_choosing_a_time_zone_keeps_a_half_filled_form_within_the_programs_page(
    form_page: ApplicationFormPage, visit: Visit
) -> None:
    program = ProgramPage.objects.get()
    block = ProgramPage.body.field.stream_block  # type: ignore[attr-defined]
    program.body = block.to_python([{"type": "form", "value": {"heading": "", "page": form_page.pk}}])
    program.save_revision().publish()
    begins = now() + timedelta(days=61)
    session = SessionPage(title="First", slug="first", starts_at=begins, ends_at=begins + timedelta(hours=3))
    program.add_child(instance=session)
    page = visit(program.url)
    fill(page)
    page.get_by_label("Show times in").select_option("Asia/Tokyo")
    press(page, "Set time zone")
    expect(page.locator("main > .cop")).to_have_attribute("data-zone", "Asia/Tokyo")
    expect_filled(page)
    page.reload()
    expect(page.locator("main > .cop")).to_have_attribute("data-zone", "Asia/Tokyo")


@SCRIPTS
def test_the_way_back_after_sending_leads_to_the_receipt(
    form_page: ApplicationFormPage, visit: Visit, scripts: bool
) -> None:
    page = visit(form_page.url, scripts=scripts)
    fill(page)
    press(page, "Send application")
    expect_receipt(page)
    page.go_back()
    expect_receipt(page)
    page.get_by_role("link", name="Send this form for someone else").click()
    expect(page.get_by_label("Your name")).to_have_value("")
    assert Application.objects.count() == 1


@SCRIPTS
def test_a_double_click_sends_once(form_page: ApplicationFormPage, visit: Visit, scripts: bool) -> None:
    page = visit(form_page.url, scripts=scripts)
    fill(page)
    page.get_by_role("button", name="Send application").dblclick()
    expect_receipt(page)
    assert Application.objects.count() == 1


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (True, 390), (False, 390)])
def test_answers_are_checked_changed_and_sent(
    form_page: ApplicationFormPage, visit: Visit, scripts: bool, width: int
) -> None:
    factories.publish(form_page, STEPS)
    page = visit(form_page.url, scripts=scripts, width=width)
    fill(page)
    page.get_by_label("Paper").set_input_files(PAPER)  # type: ignore[arg-type]
    press(page, "Continue to check your answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    for answer in ("Ada Sample", "Canada", "Small", "a.pdf"):
        expect(page.locator(".cop-answers dd", has_text=answer)).to_be_visible()
    if scripts:
        assert faults(page) == []
    page.get_by_role("button", name="Change Hopes", exact=True).click()
    expect(page.get_by_label("Hopes")).to_be_focused()
    expect_filled(page)
    expect(page.locator("main")).to_contain_text("Uploaded: a.pdf")
    page.get_by_label("Hopes").fill("Changed.")
    press(page, "Continue to check your answers")
    expect(page.locator(".cop-answers dd", has_text="Changed.")).to_be_visible()
    assert not Application.objects.exists()
    press(page, "Send application")
    expect_receipt(page)
    application = Application.objects.get()
    assert (application.answers["hopes"], application.answers["paper"]["name"]) == ("Changed.", "a.pdf")


def test_the_way_back_from_the_answers_shows_them_again_in_the_form(
    form_page: ApplicationFormPage, visit: Visit
) -> None:
    factories.publish(form_page, STEPS)
    page = visit(form_page.url)
    fill(page)
    press(page, "Continue to check your answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.go_back()
    expect_filled(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_in_a_language_that_runs_from_right_to_left(
    form_page: ApplicationFormPage, visit: Visit, settings: Any, width: int
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    settings.WAGTAIL_CONTENT_LANGUAGES = settings.LANGUAGES
    program = ProgramPage.objects.get()
    begins = now() + timedelta(days=61)
    program.add_child(instance=SessionPage(title="First", starts_at=begins, ends_at=begins + timedelta(hours=3)))
    locale = Locale.objects.create(language_code="ar")
    arabic = program.copy_for_translation(locale, copy_parents=True)
    arabic.title = "ثقافة صحية"
    arabic.save_revision().publish()
    form = form_page.copy_for_translation(locale)
    form.save_revision().publish()
    for shown in (arabic, form):
        page = visit(f"/ar/{shown.get_url().removeprefix('/ar/')}", width=width)
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        name, gap = page.locator(".cop-site-name"), page.locator("h1").evaluate(GAP)
        assert gap < 1, "the heading begins at the right edge of its place"
        assert name.bounding_box()["x"] > width / 2  # type: ignore[index]
        assert faults(page) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    visit: Visit, form_page: ApplicationFormPage, settings: Any
) -> None:
    settings.COP_UPLOAD_MAX_BYTES = 1_048_576
    page = visit(form_page.url)
    fill(page)
    paper = page.get_by_label("Paper")
    paper.set_input_files(PAPER | {"buffer": b"%PDF-1.7" + b"x" * 1_100_000})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Your name")).to_have_value("Ada Sample")
    assert paper.evaluate("field => field.validationMessage") == "This file is larger than 1 MB. Use a smaller one."
    assert not Application.objects.exists()
    paper.set_input_files(PAPER)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="We have received your application")).to_be_visible()
