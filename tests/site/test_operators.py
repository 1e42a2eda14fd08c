"""docs/operators.md from an empty machine to the first invoice, with nginx in front, on both databases.

The lines for root are not run: their effects (folders, services, nginx) are made here from the same files.
"""

import http.client
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests import databases, postgres
from tests.postgres import free_port

ROOT = databases.PROJECT_DIR
DEPLOY = ROOT / "site/deploy"
DOC = (ROOT / "docs/operators.md").read_text()
SECTION = DOC.split("\n## From an empty machine to the first invoice\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"^   ```(sh|ini)\n(.*?)^   ```$", SECTION, re.MULTILINE | re.DOTALL)
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "run"</script></svg>'
pytestmark = [pytest.mark.race, pytest.mark.timeout(300)]


def block(index: int, kind: str) -> str:
    found = [text for name, text in BLOCKS if name == kind]
    return re.sub(r"^   ", "", found[index], flags=re.MULTILINE)


def documented() -> dict[str, str]:
    """Return the variables of the documented environment file."""
    return dict(line.split("=", 1) for line in block(0, "ini").splitlines())


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def service(name: str) -> list[str]:
    """Return the command line of a unit, with this checkout in place of /opt/cop."""
    line = re.search(r"^ExecStart=(.*)$", (DEPLOY / f"{name}.service").read_text(), re.MULTILINE)
    assert line
    return shlex.split(line[1].replace("/opt/cop", str(ROOT)))


class Machine:
    """The services and nginx, as the documented files start them, on ports of their own."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.https, self.http = folder, free_port(), free_port()
        self.port, self.data_dir = free_port(), folder / "lib"
        self.environment = documented() | {
            "SECRET_KEY": secrets.token_urlsafe(50), "DATA_DIR": str(self.data_dir), "DATABASE_URL": database,
            "PORT": str(self.port), "PATH": os.environ["PATH"], "HOME": str(folder),
            "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
        }  # fmt: skip
        if not database:
            del self.environment["DATABASE_URL"]
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, command: list[str]) -> None:
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        started = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.processes.append(started)

    def start_nginx(self) -> None:
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=programs.example.org"]
        self.run(*make, "-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "cert.pem"))
        text = (DEPLOY / "nginx.conf").read_text()
        for old, new in (
            ("127.0.0.1:8000", f"127.0.0.1:{self.port}"),
            ("/var/lib/cop/", f"{self.data_dir}/"),
            ("/var/log/nginx/cop.log", str(self.folder / "access.log")),
            ("/etc/nginx/cop_proxy.conf", str(DEPLOY / "cop_proxy.conf")),
            ("/etc/letsencrypt/live/programs.example.org/fullchain.pem", str(self.folder / "cert.pem")),
            ("/etc/letsencrypt/live/programs.example.org/privkey.pem", str(self.folder / "key.pem")),
            ("listen [::]:443", f"listen [::1]:{self.https}"),
            ("listen 443", f"listen 127.0.0.1:{self.https}"),
            ("listen [::]:80;", f"listen [::1]:{self.http};"),
            ("listen 80;", f"listen 127.0.0.1:{self.http};"),
        ):
            assert old in text, old
            text = text.replace(old, new)
        temporary = " ".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = (
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;"
            f"{'user root;' * (os.getuid() == 0)} events {{}}\n"
            f"http {{ include /etc/nginx/mime.types; {temporary}\n{text}\n}}\n"
        )
        (self.folder / "nginx.conf").write_text(main)
        self.start([str(NGINX), "-c", str(self.folder / "nginx.conf")])

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, host: str = "127.0.0.1",
        headers: Mapping[str, str] | None = None, plain: bool = False,
    ) -> http.client.HTTPResponse:  # fmt: skip
        """Ask nginx as a visitor does."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        raw = socket.create_connection((host, self.http if plain else self.https), timeout=30)
        connection = http.client.HTTPConnection("programs.example.org", timeout=30)
        connection.sock = raw if plain else context.wrap_socket(raw, server_hostname="programs.example.org")
        connection.request(method, path, body, dict(headers or {}))
        return connection.getresponse()

    def stop(self) -> None:
        for process in reversed(self.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    """A machine on which the documented lines were run, with services and proxy."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    url = name = ""
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_url")
        name = f"operators_{os.getpid()}"
        url = postgres.create_database(cluster, name)
    made = Machine(tmp_path, url)
    try:
        made.run("bash", "-c", block(1, "sh"))
        for unit in ("cop-web", "cop-worker", "cop-scheduler"):
            made.start(service(unit))
        made.start_nginx()
        wait_for(lambda: _answers(made))
        yield made
    finally:
        made.stop()
        if name:
            postgres.drop_database(cluster, name)


def _answers(machine: Machine) -> bool:
    with suppress(OSError):
        return machine.ask("/health/ready/").status == 200
    return False


def test_the_documented_steps_lead_to_the_first_invoice(machine: Machine) -> None:
    python = str(ROOT / ".venv/bin/python")
    machine.run(python, "-c", CONFIRMED_PROGRAM)
    rendered = "from forms_ext.invoices.models import InvoiceFile as F; print(F.objects.count())"
    count = [python, "site/manage.py", "shell", "--no-imports", "--command", rendered]
    wait_for(lambda: machine.ask("/health/work/").status == 200, seconds=130)  # a minute until the scheduler has run
    wait_for(lambda: machine.run(*count).strip() == "2", seconds=120)
    assert "checks passed" in machine.run(python, "site/manage.py", "cop_audit")

    moved = machine.ask("/programs/?x=1", plain=True)
    assert (moved.status, moved.getheader("Location")) == (301, "https://programs.example.org/programs/?x=1")
    assert machine.ask("/account/login/").status == 200
    for path in ("/private/", "/db.sqlite3", "/media/../private/", "/static/../../db.sqlite3", "/../db.sqlite3"):
        assert machine.ask(path).status in (400, 404), path
    (css,) = (machine.data_dir / "public/static/cop_program/css").glob("cop.*.css")
    static = machine.ask(f"/static/cop_program/css/{css.name}")
    assert (static.status, static.getheader("X-Content-Type-Options")) == (200, "nosniff")
    assert "immutable" in str(static.getheader("Cache-Control"))
    (machine.data_dir / "public/media/images").mkdir(parents=True, exist_ok=True)
    (machine.data_dir / "public/media/images/x.svg").write_bytes(SVG)
    drawing = machine.ask("/media/images/x.svg")
    assert (drawing.status, drawing.getheader("X-Content-Type-Options")) == (200, "nosniff")
    assert "sandbox" in str(drawing.getheader("Content-Security-Policy"))
    for path, size in (("/static/x", 2_000), ("/cop/x/", 1_100_000), ("/api/v3/x/", 13_000_000), ("/x/", 26_000_000)):
        with suppress(OSError):  # nginx may close the connection while the body is still on its way
            assert machine.ask(path, "POST", b"x" * size).status == 413, path
    sent = {"X-Forwarded-For": "203.0.113.9, [2001:db8::1]:4711", "X-Forwarded-Proto": "http"}
    for host in ("127.0.0.1", "::1"):
        assert machine.ask("/account/login/", host=host, headers=sent).status == 200, (
            "the visitor's word counts for nothing"
        )
    machine.ask("/go/member/Zm9vYmFyYmF6cXV4Zm9vYmFy/?x=secret")
    log = (machine.folder / "access.log").read_text()
    assert "/go/***" in log
    assert "Zm9v" not in log
    assert "secret" not in log
    assert [path for path in (machine.data_dir / "private").rglob("*") if path.stat().st_mode & 0o077] == []


CONFIRMED_PROGRAM = """
import django
django.setup()
from cop_program import clock
from forms_ext.programs import actions
from tests.forms_ext.admission.factories import START, make_registration, open_program, pay
with clock.at(START):
    program = open_program(3)
    for number in (1, 2):
        pay(make_registration(program, number))
    actions.confirm_program(program=program, by=None)
"""


def test_the_units_are_whole() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    units = sorted(str(path) for path in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    lines = [line for line in done.stderr.splitlines() if "cop-" in line and "is not executable" not in line]
    assert lines == []
