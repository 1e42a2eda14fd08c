"""100 people at once for nine places over HTTP, with two web workers, compared with the same 100 one after another."""

import http.cookiejar
import json
import re
import statistics
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.measure import Row, row
from tests.live import LiveSite, temporary_site

PEOPLE, PLACES, ROUNDS = 100, 9, 3
INVITE = """
import json
from dataclasses import replace
from cop_program.clock import now
from cop_program.models import Program, ProgramIndexPage
from demo.loader import editions, pages
from forms_ext.admission import invitations
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
edition = replace(editions.coming(now().date()), slug="bench-{number}", title="Bench {number}")
page = pages.program(ProgramIndexPage.objects.get(locale__language_code="en"), edition, [], None)
program = Program.objects.get(page=page)
version = ApplicationFormPage.objects.child_of(page).get().current_version()
links = []
for number in range({people}):
    application = Application.objects.create(
        program=program, version=version, submitted_at=now(), reference=f"B-{number}-{{number}}", state="accepted",
        name=f"Person {{number}}", email=f"person{{number}}@example.org", country="US")
    links.append(invitations.make(application=application)[1])
print("LINKS" + json.dumps(links))
"""


@dataclass
class Visitor:
    """A visitor with a separate browser, who has opened the form."""

    opener: urllib.request.OpenerDirector
    action: str
    token: str
    fields: dict[str, str]

    def register(self) -> str:
        """Send the form; return the private page to which it leads."""
        data = urllib.parse.urlencode({**self.fields, "_token": self.token}).encode()
        with self.opener.open(self.action, data, timeout=120) as response:
            return str(response.read().decode())


def _invite(site: LiveSite, number: int) -> list[str]:
    output = site.manage("shell", "-v0", "-c", INVITE.format(number=number, people=PEOPLE)).stdout
    links: list[str] = json.loads(output.rsplit("LINKS", 1)[1])
    return links


def _open(site: LiveSite, link: str, number: int) -> Visitor:
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)
    path = urllib.parse.urlsplit(link).path
    with opener.open(site.base_url + path, timeout=60) as response:
        address, html = response.geturl(), response.read().decode()
    form = re.search(r'<form class="cop-form"[^>]*>', html)
    token = re.search(r'name="_token" value="([^"]+)"', html)
    assert form, "The form did not open."
    assert token, "The form has no token."
    names = re.findall(r'name="([a-z][a-z0-9_]*)"', html)
    fields = {name: _answer(name, number) for name in names if name not in {"zone", "next", "fax_number"}}
    action = re.search(r' action="([^"]+)"', form[0])
    return Visitor(opener, urllib.parse.urljoin(address, action[1] if action else ""), token[1], fields)


def _answer(name: str, number: int) -> str:
    if "email" in name:
        return f"person{number}@example.org"
    if "country" in name:
        return "US"
    return "on" if "policy" in name or "accept" in name else f"Person {number}"


def _round(site: LiveSite, number: int, *, at_once: int) -> float:
    links = _invite(site, number)
    with ThreadPoolExecutor(8) as pool:
        visitors = list(pool.map(lambda pair: _open(site, pair[1], pair[0]), enumerate(links)))
    time.sleep(2.5)  # a faster form counts as spam
    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        pages = list(pool.map(Visitor.register, visitors))
    seconds = time.perf_counter() - started
    waiting = [page for page in pages if re.search(r"number \d+ in the queue", page)]
    if (len(pages) - len(waiting), len(waiting)) != (PLACES, PEOPLE - PLACES):
        raise AssertionError(f"{len(pages) - len(waiting)} got a place and {len(waiting)} stand in the queue.")
    return seconds


def run() -> list[Row]:
    """Measure both in turn, each time on a new program."""
    site = temporary_site(COP_RATE_LIMIT_ADDRESS="0", COP_RATE_LIMIT_RECIPIENT="0")
    site.start()
    try:
        spent: list[tuple[float, float]] = [
            (_round(site, 2 * number, at_once=PEOPLE), _round(site, 2 * number + 1, at_once=1))
            for number in range(ROUNDS)
        ]
    finally:
        site.stop()
    together = statistics.median(one for one, _ in spent)
    queue: Any = statistics.median(two for _, two in spent)
    return [
        row(
            "last_places.at_once",
            together,
            "s",
            baseline="one after another",
            baseline_value=queue,
            ratio=together / queue,
            goal=1.2,
        )
    ]
