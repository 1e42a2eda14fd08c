"""Visitors of the running site."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.visitor import DESKTOP, Come, Visitor, log_in, new_page
from tests.live import LiveSite


@pytest.fixture
def come(browser: Browser, live_site: LiveSite) -> Iterator[Come]:
    """Open a separate browser."""
    contexts = []

    def enter(name: str, width: int = DESKTOP, *, scripts: bool = True) -> Visitor:
        page = new_page(browser, width, scripts=scripts)
        twin = None if scripts else new_page(browser, width)
        contexts.extend(opened.context for opened in (page, twin) if opened)
        return Visitor(page, live_site, name, twin=twin)

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def staff(come: Come) -> Visitor:
    """A staff member in the admin."""
    return log_in(come("Stella"), "staff")
