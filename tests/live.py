"""The whole site as `make run` serves it, for journeys."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import databases, racing
from tests.postgres import free_port

START_SECONDS = 240
STOP_SECONDS = 20


@dataclass
class LiveSite:
    """A supervisor with its web server, worker and clockwork, on a port and a folder of its own."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    stable: racing.Stable | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo(self) -> dict[str, Any]:
        """The content of demo.json."""
        content: dict[str, Any] = json.loads((self.data_dir / "demo.json").read_text())
        return content

    @property
    def log(self) -> str:
        """What the processes printed."""
        return (self.data_dir / "output.log").read_text(errors="replace")

    def password(self, role: str) -> tuple[str, str]:
        """Return user name and password of the demo's user with `role`."""
        user = next(user for user in self.demo["users"] if user["role"] == role)
        return user["username"], user["password"]

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL")}
        return inherited | {
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            **self.environment,
        }

    def manage(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command of manage.py on the site's data; with `check`, an AssertionError says why it failed."""
        command = [sys.executable, str(databases.MANAGE), *arguments]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True)
        assert not (check and done.returncode), done.stderr
        return done

    def run(self, code: str) -> str:
        """Run Python code on the site's data, in a process that has Django set up; return what it prints."""
        return str(self.script("tests.snippet", code))

    def script(self, module: str, *arguments: object) -> Any:
        """Run `main(*arguments)` of `module` in the same process; return what it returns, as JSON holds it."""
        if self.stable is None:
            path = f"{databases.MANAGE.parent}{os.pathsep}{databases.PROJECT_DIR}"
            self.stable = racing.Stable(self._environment() | {"PYTHONPATH": path}, renew=lambda: None)
        return self.stable.run(module, *arguments)

    def start(self) -> None:
        """Start and wait until it answers and has written demo.json; on SQLite with a demo that is loaded already."""
        if "DATABASE_URL" not in self.environment and not (self.data_dir / "db.sqlite3").exists():
            shutil.copytree(databases.loaded_demo(), self.data_dir, dirs_exist_ok=True)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "output.log").open("ab") as output:
            command = [sys.executable, str(databases.MANAGE), "cop_serve"]
            self.process = subprocess.Popen(
                command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"The site ended while starting:\n{self.log[-8000:]}")
            try:
                urllib.request.urlopen(self.base_url + "/admin/login/", timeout=10).close()
                return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"The site did not start in {START_SECONDS} s:\n{self.log[-8000:]}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask the supervisor to end everything; return its exit status."""
        if self.stable is not None:
            self.stable.close()
        if self.process is None:
            return 0
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def temporary_site(**environment: str) -> LiveSite:
    """Return a site, not yet started, in a new temporary folder."""
    return LiveSite(Path(tempfile.mkdtemp(prefix="cop-live-")), environment=environment)
