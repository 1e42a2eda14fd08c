"""A thousand selected rows through the real web server, which accepts no request line above 4,094 bytes."""

import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import databases, live

ROWS = 1000
GROUND = f"""
from django.contrib.auth.models import User
from forms_ext.applications.models import Application
from tests.forms_ext.admission.factories import START, make_application
from tests.forms_ext.ledger.factories import make_program

first = make_application(make_program())
Application.objects.bulk_create(
    Application(
        program=first.program, version=first.version, submitted_at=START, reference=f"A-2024-9{{number:04}}",
        name=f"Many {{number}}", email=f"many{{number}}@example.org", country="CA",
    )
    for number in range({ROWS - 1})
)
User.objects.create_superuser("boss", "boss@example.org", "x")
print(*Application.objects.values_list("pk", flat=True))
"""
INDEX = "/admin/cop/applications/"
DECLINE = "/admin/bulk/forms_ext/application/decline/"
#: Filters of an address that a browser can hold, and that a second one cannot hold beside it.
FILTERED = f"{INDEX}?" + "&".join(f"country={code}" for code in ["CA", *["XX"] * 280])


class Staff:
    """A logged-in staff member."""

    def __init__(self, base_url: str, ids: str) -> None:
        self.base_url, self.ids = base_url, ids
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        _status, page = self.ask("/admin/login/")
        data = {"username": "boss", "password": "x", "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
        self.ask("/admin/login/", data)

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Return status and page after redirects."""
        body = urlencode(data).encode() if data is not None else None
        try:
            with self.opener.open(self.base_url + path, body, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture(scope="module")
def staff() -> Iterator[Staff]:
    """gunicorn alone, on applications that wait for a decision."""
    site = live.temporary_site(WEB_WORKERS="1")
    databases.copy_sqlite(site.data_dir / "db.sqlite3")
    environment = site._environment() | {"PYTHONPATH": f"{databases.MANAGE.parent}:{databases.PROJECT_DIR}"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
    log = site.data_dir / "output.log"
    try:
        ids = site.run(GROUND).strip()
        with log.open("wb") as output:
            site.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        wait_for(site, log)
        yield Staff(site.base_url, ids)
    finally:
        site.stop(signal.SIGQUIT)
        shutil.rmtree(site.data_dir, ignore_errors=True)


def wait_for(site: live.LiveSite, log: Path) -> None:
    """Return once the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(site.base_url + "/admin/login/", timeout=10).close()
            return
        except OSError:
            assert site.process is not None
            assert site.process.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def hidden(page: str, name: str) -> str:
    """Return the value of the last hidden field of that name: that of the form, not of the menu's."""
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)[-1].replace("&amp;", "&")


def test_a_thousand_are_decided_from_a_listing_with_long_filters(staff: Staff) -> None:
    status, listing = staff.ask(FILTERED)
    assert status == 200
    assert "data-cop-bulk" in listing
    too_long = urlencode([("id", pk) for pk in staff.ids.split()])
    assert staff.ask(f"{DECLINE}?{too_long}")[0] == 414, "as Wagtail's own script would ask"
    token = hidden(listing, "csrfmiddlewaretoken")
    status, page = staff.ask(DECLINE, {"rows": staff.ids, "next": FILTERED, "csrfmiddlewaretoken": token})
    assert status == 200
    assert f"Decline ({ROWS})" in page
    data = {name: hidden(page, name) for name in ("rows", "next", "confirmed", "csrfmiddlewaretoken")}
    assert len(data["rows"].split()) == ROWS
    assert data["next"] == FILTERED
    status, said = staff.ask(DECLINE, data | {"reason": ""})
    assert status == 200
    assert f"{ROWS} applications decided: Declined." in said
