"""A form in a frame of another website with a strict policy of its own, without any cookie of ours.

Our site is at 127.0.0.1, the others at localhost: browsers treat those as two sites.
"""

import json
import threading
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from tests.journeys.visitor import DESKTOP, PHONE, Come, Visitor, log_in, reading
from tests.live import LiveSite

pytestmark = pytest.mark.journey
FORM = """
import json
from uuid import uuid4
from demo.models import HomePage
from forms_ext.submissions.pages import FormPage
questions = [
    ("text", {"label": "Your name", "required": True, "role": "name"}),
    ("email", {"label": "Your email address", "required": True, "role": "email"}),
    ("step", {"title": "Your paper"}),
    ("file", {"label": "Paper", "required": True}),
]
stream = [{"type": kind, "value": value, "id": str(uuid4())} for kind, value in questions]
page = FormPage(title="Guests", slug=uuid4().hex, questions=json.dumps(stream), thanks="<p>Come at seven.</p>")
HomePage.objects.order_by("pk")[0].add_child(instance=page)
page.save_revision().publish()
print(f"form={page.pk}")
"""
PAPER: Any = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


class OtherSite:
    """Another website: one page with the given content."""

    def __init__(self, policy: str) -> None:
        self.body = ""
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = f'<!doctype html><html lang="en"><title>Friends</title><main><h1>Friends</h1>{other.body}</main>'
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def at(self, host: str) -> str:
        return f"http://{host}:{self.server.server_port}"


@pytest.fixture
def other(live_site: LiveSite) -> Iterator[OtherSite]:
    site = OtherSite(f"default-src 'none'; frame-src {live_site.base_url}; script-src {live_site.base_url}")
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def form(live_site: LiveSite) -> int:
    """A published form with a step and a file."""
    return int(live_site.run(FORM).rpartition("form=")[2])


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def editor(request: pytest.FixtureRequest, come: Come) -> Visitor:
    return log_in(come("Edith", request.param), "editor")


def list_site(editor: Visitor, origin: str) -> None:
    """Add `origin` to the list of websites, after an attempt with a URL that has a path."""
    page = editor.page
    page.goto(f"{editor.site.base_url}/admin/cop/embedded-forms/")
    editor.look("embedded-forms", only="main")
    page.get_by_role("link", name="Add website").click()
    page.locator("[name=origin]").fill(f"{origin}/guests.html")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".w-field__errors", has_text="It covers all pages of the website").first).to_be_visible()
    page.locator("[name=origin]").fill(origin)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_contain_text("created")


def copied_code(editor: Visitor, form: int) -> str:
    """Press the button that copies the code of `form`; return the code."""
    page = editor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{editor.site.base_url}/admin/cop/embedded-forms/{form}/")
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_text("Code copied.")).to_be_visible()
    editor.look("embedding-code", only="main")
    code: str = page.evaluate("navigator.clipboard.readText()")
    assert code == unescape(page.locator("#cop-code").input_value())
    return code


def guest(browser: Browser, width: int) -> Page:
    """Return a page of a browser that keeps to all policies."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    return context.new_page()


def inner(page: Page) -> Frame:
    return page.frames[1]


def look(page: Page) -> None:
    """Check the content of the frame: axe finds nothing, it is not too wide, and the frame has its height."""
    frame = inner(page)
    frame.evaluate(AXE_FILE_PATH.read_text())
    found = frame.evaluate("axe.run()")["violations"]
    assert [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]] == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_function("document.querySelector('iframe').style.height")
    frame.wait_for_function("Math.abs(document.documentElement.getBoundingClientRect().height - innerHeight) < 2")


def press(frame: FrameLocator, name: str) -> None:
    frame.get_by_role("button", name=name, exact=True).click()


def test_a_form_is_filled_in_within_another_web_site(
    editor: Visitor, other: OtherSite, form: int, browser: Browser
) -> None:
    list_site(editor, other.at("localhost"))
    other.body = f"<p>{'Come and visit us. ' * 200}</p>{copied_code(editor, form)}"
    page = guest(browser, int((editor.page.viewport_size or {})["width"]))
    with reading():
        page.goto(other.at("localhost"))
        frame = page.frame_locator("iframe[title='Guests - Circle Forward']")
        frame.get_by_label("Your name").fill("Gus Guest")
        look(page)
        frame.get_by_label("Paper").set_input_files(PAPER)
    press(frame, "Continue to check your answers")
    expect(frame.get_by_role("alert")).to_contain_text("There is a problem with 1 answer")
    expect(frame.get_by_role("alert")).to_be_focused()
    expect(frame.get_by_role("alert")).to_be_in_viewport()
    look(page)
    frame.get_by_role("link", name="Your email address").click()
    expect(frame.get_by_label("Your email address")).to_be_focused()
    expect(frame.get_by_label("Your name")).to_have_value("Gus Guest")
    expect(frame.locator("main")).to_contain_text("Uploaded: paper.pdf")
    with reading():
        frame.get_by_label("Your email address").fill("gus@example.org")
    press(frame, "Continue to check your answers")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Check your answers")
    look(page)
    press(frame, "Send")
    expect(frame.locator("main")).to_contain_text("Your reference is S-")
    expect(frame.locator("main")).to_contain_text("Come at seven.")
    look(page)
    assert page.context.cookies() == [], "a frame of another site would get none"
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Open in a new window").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Guests")
    page.context.close()


def test_a_web_site_that_is_not_listed_is_refused_and_so_is_any_other_page(
    come: Come, other: OtherSite, form: int, browser: Browser
) -> None:
    editor = log_in(come("Edith"), "editor")
    list_site(editor, other.at("localhost"))
    base = editor.site.base_url
    page = guest(browser, DESKTOP)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    stranger, friend = other.at(f"{uuid4().hex[:8]}.localhost"), other.at("localhost")
    for origin, path in ((stranger, f"/go/frame/{form}/"), (friend, "/"), (friend, "/admin/login/")):
        other.body = f'<iframe src="{base}{path}" title="Form" data-cop-form></iframe>'
        said.clear()
        page.goto(origin)
        page.wait_for_load_state("networkidle")
        assert inner(page).url.startswith("chrome-error:"), (origin, path)
        assert "frame-ancestors" in json.dumps(said), (origin, path)
    page.context.close()
