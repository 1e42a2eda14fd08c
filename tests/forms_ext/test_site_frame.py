"""Our public pages in the frame of a website, by COP_BASE_TEMPLATE."""
# ruff: noqa: F811

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from demo.models import HomePage
from django.contrib.auth.models import User
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.test import Client

from cop_program.checks import base_template_has_our_block
from cop_program.site_frame import OWN
from forms_ext.registration import queries
from tests import host
from tests.forms_ext.test_access import ANSWERS, World, block, fill, get, url, with_body, world, write  # noqa: F401

pytestmark = pytest.mark.django_db
type Ask = Callable[[Client, World], Any]


@pytest.fixture
def in_host(settings: Any) -> None:
    settings.TEMPLATES = host.engines()
    settings.COP_BASE_TEMPLATE = host.BASE


PAGES: dict[str, tuple[Ask, str]] = {
    "program": (lambda c, w: c.get(w.program_page.url), "Secret program"),
    "session": (lambda c, w: c.get(w.session.url), "Secret session"),
    "program index": (lambda c, w: c.get(w.index.url), "Secret program"),
    "facilitator": (lambda c, w: c.get(w.facilitator.url), "Secret facilitator"),
    "facilitator index": (lambda c, w: c.get(w.facilitator.get_parent().url), "Secret facilitator"),
    "application form": (lambda c, w: c.get(w.form.url), "Secret question"),
    "plain form": (lambda c, w: c.get(w.plain.url), "Secret question"),
    "errors": (lambda c, w: c.post(w.plain.url, fill(w.plain)), "Secret question"),
    "sent": (lambda c, w: c.post(w.plain.url, {**ANSWERS, **fill(w.plain)}, follow=True), "We have received"),
    "application sent": (lambda c, w: c.post(w.form.url, {**ANSWERS, **fill(w.form)}, follow=True), "We have received"),
    "registration form": (lambda c, w: c.get(f"/go/invitation/{w.invite()}/", follow=True), "Billing address"),
    "refused link": (lambda c, w: c.get("/go/invitation/nonsense/", follow=True), "This link does not work"),
    "private page": (lambda c, w: c.get(queries.member_path(w.member)), "Your private page"),
    "message": (get(url("forms_ext:facilitator_message", "facilitator")), "Contact Secret facilitator"),
    "message sent": (write, "Your message is on its way"),
}


@pytest.mark.parametrize(("ask", "words"), PAGES.values(), ids=PAGES)
def test_every_public_page_stands_in_the_website_s_frame(
    client: Client,
    world: World,
    in_host: None,
    ask: Ask,
    words: str,
) -> None:
    html = ask(client, world).text
    page = BeautifulSoup(html, "html.parser")
    assert words in page.get_text()
    assert "| The host" in page.title.string  # type: ignore[union-attr,operator]
    (root,) = page.select("main > .cop")
    assert root.select("h1")
    assert page.select("header.site"), "the website's own header"
    assert not page.select(".cop-site-header, .cop-site-footer, .cop-html, .cop-skip")
    assert [one["href"] for one in page.select("link[rel=icon]")] == ["data:,host"]
    assert len(page.select("main link[rel=stylesheet]")) == 2
    assert not [one for one in page.select("[class*=cop-]") if root not in one.parents]


def test_our_own_frame_is_the_default(client: Client, world: World) -> None:
    page = BeautifulSoup(client.get(world.program_page.url).text, "html.parser")
    assert page.select("html.cop-html header.cop-site-header")
    assert not page.select("main link")
    assert len(page.select("head link[rel=icon]")) == 1


@pytest.mark.parametrize("base", ["", host.BASE])
def test_who_edits_has_the_user_bar(client: Client, world: World, settings: Any, base: str) -> None:
    settings.TEMPLATES = host.engines()
    settings.COP_BASE_TEMPLATE = base
    assert "wagtail-userbar" not in client.get(world.program_page.url).text
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "x"))
    assert "<wagtail-userbar" in client.get(world.program_page.url).text
    assert "<wagtail-userbar" in client.get(world.form.url).text


def test_blocks_bring_our_root_to_a_page_of_the_website(
    client: Client,
    world: World,
    in_host: None,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HomePage, "template", "host/home.html")
    cards = [block("programs", world.program_page), block("facilitators", world.facilitator)]
    home = with_body(world.home, block("form", world.plain), *cards, {"type": "text", "value": "<p>Ours</p>"})
    for is_debug in (False, True):
        settings.DEBUG = is_debug
        shown = client.get(home.url)
        page = BeautifulSoup(shown.text, "html.parser")
        roots = page.select("main .cop")
        assert len(roots) == 4
        assert not page.select(".cop .cop")
        for root, words in zip(roots, ("Secret question", "Secret program", "Secret facilitator", "Ours"), strict=True):
            assert words in root.get_text()
        assert ("{% include_block page.body %}" in roots[0].get_text()) is is_debug, "`{{ page.body }}` has no request"
        assert "no-store" in shown["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", []),
        (OWN, []),
        (host.BASE, []),
        ("host/home.html", []),  # its block is in the template that it extends
        ("forms_ext/mail/layout.html", ["cop_program.E005"]),
        ("host/nowhere.html", ["cop_program.E004"]),
        ("host/broken.html", ["cop_program.E004"]),
        (7, ["cop_program.E004"]),
    ],
)
def test_a_base_template_without_our_block_is_told(settings: Any, name: str, found: list[str]) -> None:
    settings.TEMPLATES = host.engines()
    settings.COP_BASE_TEMPLATE = name
    assert [message.id for message in base_template_has_our_block()] == found


def test_the_templates_of_the_host_are_there_in_these_tests_alone() -> None:
    with pytest.raises(TemplateDoesNotExist):
        get_template(host.BASE)
