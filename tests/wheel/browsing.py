"""A visitor without a browser: opens pages, reads them, and sends their forms with everything in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

SECONDS = 60


class Refused(AssertionError):
    """A page that says that something has to be mended."""


@dataclass
class Page:
    """One answer of the server."""

    url: str
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def words(self) -> str:
        """What a reader reads, in single spaces."""
        return " ".join(self.soup.get_text(" ").split())

    def link(self, words: str) -> str:
        """Return the URL of the first link whose text contains `words`."""
        for link in self.soup.find_all("a", href=True):
            if words in " ".join(link.get_text(" ").split()):
                return urljoin(self.url, str(link["href"]))
        raise AssertionError(f"No link says “{words}” on {self.url}:\n{self.words[:3000]}")

    def form(self, holding: str) -> tuple[str, dict[str, str]]:
        """Return the address and the content of the form that holds the field `holding`."""
        for form in self.soup.find_all("form"):
            if form.find(attrs={"name": holding}):
                return urljoin(self.url, str(form.get("action") or self.url)), contents(form)
        raise AssertionError(f"No form has the field {holding} on {self.url}:\n{self.words[:3000]}")


def contents(form: Tag) -> dict[str, str]:
    """Return what a browser would send of `form` if nobody touched it and pressed no button."""
    found: dict[str, str] = {}
    for control in form.find_all(["input", "select", "textarea"]):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or control.has_attr("disabled"):
            continue
        if control.name == "textarea":
            found[name] = control.get_text().removeprefix("\n")
        elif control.name == "select":
            options = control.find_all("option")
            chosen = [option for option in options if option.has_attr("selected")] or options[:1]
            if chosen:
                found[name] = str(chosen[0].get("value", chosen[0].get_text()))
        elif kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                found[name] = str(control.get("value", "on"))
        elif kind not in ("submit", "button", "file", "image", "reset"):
            found[name] = str(control.get("value", ""))
    return found


@dataclass
class Visitor:
    """A visitor with separate cookies, at the site `base`."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def open(self, address: str, *, status: int = 200, **headers: str) -> Page:
        """Return the page at `address`; fail if its status is not `status`."""
        return self._page(self.session.get(urljoin(self.base, address), timeout=SECONDS, headers=headers), status)

    def post(self, address: str, data: Mapping[str, object], *, status: int = 200) -> Page:
        """Send `data` to `address` and return the page after redirects."""
        url = urljoin(self.base, address)
        return self._page(self.session.post(url, data=data, timeout=SECONDS, headers={"Referer": url}), status)

    def send(self, page: Page, answers: Mapping[str, str], *, button: str = "") -> Page:
        """Fill `answers` into the form of `page` that has the first of them, press `button`, return what comes."""
        address, filled = page.form(next(iter(answers)))
        return self.post(address, filled | dict(answers) | ({button: button} if button else {}))

    def _page(self, response: requests.Response, status: int) -> Page:
        page = Page(response.url, response.status_code, response.text, response.headers)
        assert page.status == status, f"{page.status} at {page.url}:\n{page.words[:3000]}"
        return page
