"""Bodies of any size at the real web server: refused by URL, before anything of them is read."""

import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import databases
from tests.postgres import free_port

HUGE = 200 * 1_048_576
BOUNDARY = "cop"
HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4 '.encode()


@dataclass
class Server:
    """gunicorn with the demo, and the folder into which Django would write what is uploaded."""

    port: int
    spool: Path
    spooled: set[str] = field(default_factory=set)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def watch(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.spooled |= {path.name for path in self.spool.glob("*.upload*")}
            time.sleep(0.002)

    def post(self, path: str, length: int, *, is_chunked: bool = False, kind: str = "") -> tuple[int, str, int]:
        """Post `length` bytes until there is an answer; return its status, its text, and how many bytes were sent."""
        kind = kind or f"multipart/form-data; boundary={BOUNDARY}"
        size = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {length}"
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{size}\r\n\r\n".encode()
            )
            sent, part = 0, HEAD + b"x" * (262_144 - len(HEAD))
            while sent < length:
                readable, _writable, _ = select.select([connection], [connection], [], 60)
                if readable:
                    break
                part = part[: length - sent]
                try:
                    connection.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n" if is_chunked else part)
                except OSError:
                    break
                sent += len(part)
                part = b"x" * 262_144
            answer = b""
            try:
                while received := connection.recv(65_536):
                    answer += received
                    if self.is_whole(answer):
                        break
            except OSError:
                pass
        return int(answer.split(b" ", 2)[1]) if answer else 0, answer.decode(errors="replace"), sent

    @staticmethod
    def is_whole(answer: bytes) -> bool:
        head, _, body = answer.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)content-length: (\d+)", head)
        return bool(found) and len(body) >= int(found[1])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="cop-bodies-"))
    shutil.copytree(databases.loaded_demo(), folder / "data")
    (folder / "spool").mkdir()
    found = Server(free_port(), folder / "spool")
    environment = os.environ | {
        "DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "PYTHONPATH": str(databases.MANAGE.parent),
        "PORT": str(found.port),
        "WEB_WORKERS": "1",
        "TMPDIR": str(found.spool),
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stop = threading.Event()
    try:
        for _ in range(600):
            try:
                found.get("/health/live/")
                break
            except OSError:
                time.sleep(0.1)
        threading.Thread(target=found.watch, args=[stop]).start()
        yield found
    finally:
        stop.set()
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def form(server: Server) -> int:
    """The page of an application form that asks for no file."""
    for program in json.loads(server.get("/api/v3/programs/"))["items"]:
        if program["application_api_url"]:
            return int(program["application_api_url"].rstrip("/").rsplit("/", 1)[1])
    raise AssertionError("The demo has no form.")


def addresses(server: Server, form: int) -> dict[str, tuple[str, str]]:
    """Return addresses of each kind, with the type of what is sent there."""
    program = json.loads(server.get("/api/v3/programs/"))["items"][0]
    own = program["url"].partition("//")[2].partition("/")[2]
    facilitator = re.search(rb'href="(/go/facilitator/\d+/)"', server.get("/facilitators/evan-miller/"))
    assert facilitator
    return {
        "form": (f"/go/form/{form}/", ""),
        "frame": (f"/go/frame/{form}/", ""),
        "page of a program": (f"/{own}", ""),
        "page of its form": (f"/{own}apply/", ""),
        "message": (facilitator[1].decode(), ""),
        "zone": ("/cop/zone/", ""),
        "calendar": (f"/cop/calendar/{program['id']}.ics", ""),
        "member": ("/go/member/x/", ""),
        "invitation": ("/go/invitation/x/", ""),
        "answers": (f"/api/v3/forms/{form}/", "application/json"),
        "file": (f"/api/v3/forms/{form}/files/x/", ""),
        "staff's list": ("/admin/cop/applications/", ""),
        "log-in": ("/admin/login/", ""),
        "nowhere": ("/nothing/such/", ""),
        "pages of Wagtail": ("/", ""),
        "Wagtail's images": ("/admin/images/add/", ""),
        "Wagtail's API": ("/api/v3/images/", ""),
    }


def test_nothing_of_a_huge_body_is_read_anywhere(server: Server, form: int) -> None:
    told: dict[str, object] = {}
    for name, (path, kind) in addresses(server, form).items():
        status, text, sent = server.post(path, HUGE, kind=kind)
        told[name] = status, sent < HUGE / 4, "Nothing was sent." in text
        assert ("application/problem+json" in text) is path.startswith("/api/"), name
    assert told == dict.fromkeys(told, (413, True, True))
    assert not server.spooled


def test_a_body_without_a_length_is_refused_where_ours_take_something(server: Server, form: int) -> None:
    for name in ("form", "frame", "message", "zone", "answers", "file"):
        path, kind = addresses(server, form)[name]
        status, text, sent = server.post(path, HUGE, is_chunked=True, kind=kind)
        assert (status, sent < HUGE / 4) == (411, True), name
        assert "Content-Length" in text
    assert not server.spooled
