"""Beside a website's style sheet our pages keep their look, and the website keeps its own."""
# ruff: noqa: F811

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from wagtail.images.models import Image

from cop_program.clock import now
from cop_program.models import FacilitatorIndexPage, FacilitatorPage, ProgramFacilitator, ProgramPage, SessionPage
from forms_ext.applications.pages import ApplicationFormPage
from tests import host
from tests.forms_ext.submissions.test_browser import form_page  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

TEXT = "<h2>About</h2><p>Some <b>words</b> and <a href='https://example.org'>a link</a>.</p><ul><li>One</li></ul><hr/>"
BODY = [
    {"type": "benefits", "value": {"heading": "", "items": [{"title": "A wider vision", "text": "<p>Yes</p>"}]}},
    {"type": "quotation", "value": {"text": "Good", "source": "Ada", "role": "CEO"}},
    {"type": "text", "value": TEXT},
    {"type": "video", "value": {"url": "https://vimeo.com/76979871", "title": "The trailer", "text": ""}},
    {"type": "questions", "value": {"heading": "", "items": [{"question": "Two of us?", "answer": "<p>Yes</p>"}]}},
]
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><circle cx="30" cy="30" r="9" fill="green"/></svg>'
)
#: What an element computes to, and its `::before` and `::after`. The options of long lists look alike.
COMPUTED = """async (selector) => (await document.fonts.ready) && [...document.querySelectorAll(selector)]
  .filter((one) => !one.matches('option:nth-child(n+4)')).map((one) => {
    const { x, width, height } = one.getBoundingClientRect();
    const found = { is: `${one.tagName} ${one.className?.baseVal ?? one.className}`, box: `${[x, width, height]}` };
    for (const part of ['', '::before', '::after']) {
      const style = getComputedStyle(one, part);
      if (part && style.content === 'none') continue;
      for (const name of style) if (!name.startsWith('--')) found[`${part} ${name}`] = style.getPropertyValue(name);
    }
    return found;
  })"""
#: The scheme is the website's, and the place on the page differs with what stands above. What `auto` margins came to is
#: not always known to Chromium; the box tells.
OF_THE_PAGE = {"color-scheme", "inset-block-start", "inset-block-end", "top", "bottom"}
OF_THE_PAGE |= {"perspective-origin", "transform-origin"}
OF_THE_PAGE |= {"margin-inline-start", "margin-inline-end", "margin-left", "margin-right"}


@pytest.fixture
def program_page(form_page: ApplicationFormPage) -> ProgramPage:
    """The program with a session, a facilitator, pictures and blocks."""
    page = form_page.get_parent().specific
    image = Image.objects.create(title="A drawing", file=ImageFile(BytesIO(DRAWING), name="drawing.svg"))
    people = page.get_parent().add_child(instance=FacilitatorIndexPage(title="People", slug="people"))
    person = people.add_child(instance=FacilitatorPage(title="Evan", slug="evan", role="Coach", portrait=image))
    start = now() + timedelta(days=62)
    page.add_child(
        instance=SessionPage(title="First", slug="first", starts_at=start, ends_at=start + timedelta(hours=2))
    )
    page.hero_image, page.body = image, json.dumps(BODY)
    page.audience = page.prerequisite = page.cancellation_policy = TEXT
    page.save_revision().publish()
    ProgramFacilitator.objects.create(page=page, facilitator=person)
    return ProgramPage.objects.get(pk=page.pk)


def computed(page: Page, selector: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = page.evaluate(COMPUTED, selector)
    return [{name: value for name, value in one.items() if name.split(" ")[-1] not in OF_THE_PAGE} for one in found]


def differences(one: list[dict[str, str]], other: list[dict[str, str]]) -> list[str]:
    """Return in words what is not the same."""
    assert len(one) == len(other)
    return [
        f"{mine['is']}: {name} is {theirs.get(name)}, not {mine.get(name)}"
        for mine, theirs in zip(one, other, strict=True)
        for name in sorted(mine.keys() | theirs.keys())
        if mine.get(name) != theirs.get(name)
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_neither_style_sheet_touches_the_other(
    browser: Browser, live_server: LiveServer, program_page: ProgramPage, settings: Any, width: int
) -> None:
    pages = [program_page.url, f"{program_page.url}apply/", f"{program_page.url}first/"]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        base_url=live_server.url,
        bypass_csp=True,
        java_script_enabled=False,
        reduced_motion="reduce",
    )
    page = context.new_page()
    ours, own_templates = {}, settings.TEMPLATES
    for path in pages:
        page.goto(path)
        ours[path] = computed(page, "main > .cop > :not(.cop-zone), main > .cop > :not(.cop-zone) *")
        assert len(ours[path]) > 20
    settings.TEMPLATES, settings.COP_BASE_TEMPLATE = host.engines(), host.BASE
    theirs = []
    for path in pages:
        page.goto(path)
        shown = computed(page, "main > .cop > :not(.cop-zone, link, script), main > .cop > :not(.cop-zone) *")
        assert differences(ours[path], shown) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        theirs.append(computed(page, "html, body, header.site, header.site *, body > footer"))
    page.evaluate("document.querySelectorAll('main *').forEach((one) => one.remove())")
    alone = computed(page, "html, body, header.site, header.site *, body > footer")
    for beside in theirs:
        assert [line for line in differences(alone, beside) if not line.startswith(("HTML", "BODY"))] == []
    context.close()
    settings.TEMPLATES = own_templates
