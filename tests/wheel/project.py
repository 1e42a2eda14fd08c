"""A plain Wagtail project in its own environment, made as the README says."""

import os
import signal
import subprocess
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import free_port
from tests.wheel import building, readme

ADMIN = {"USERNAME": "irene", "EMAIL": "irene@example.org", "PASSWORD": "a word for Irene"}
START_SECONDS = 60
KEEP_STATE = '\n{ declare -px; printf "cd %q\\n" "$PWD"; } >"$TERMINAL"\n'


@dataclass
class Project:
    """The folder in which an integrator works; `said` is what each command printed."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    said: dict[str, str] = field(default_factory=dict)
    servers: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def site(self) -> Path:
        return self.folder / "mysite"

    @property
    def python(self) -> Path:
        return self.folder / ".venv/bin/python"

    def follow(self, step: readme.Step) -> None:
        """Do what a block of the README says."""
        if step.file:
            with (self.site / step.file).open("a") as file:
                file.write("\n" + step.text)
            return
        for line in step.text.splitlines():
            self.type(line)

    def type(self, line: str) -> None:
        """Type a line into the terminal; what never ends goes on beside it."""
        if line.endswith("runserver"):
            self.start("server", f"exec {line} --noreload {self.port}")
        elif line.endswith("db_worker"):
            self.start("worker", f"exec {line}")
        else:
            asks = "createsuperuser" in line
            self.said[line] = self.shell(f"{line} --noinput" if asks else line)

    def _bash(self, script: str) -> list[str]:
        return ["bash", "-euc", f'[[ ! -e "$TERMINAL" ]] || source "$TERMINAL"\n{script}']

    def _environment(self) -> dict[str, str]:
        answers = {f"DJANGO_SUPERUSER_{name}": value for name, value in ADMIN.items()}
        return self.environment | answers | {"TERMINAL": str(self.folder / ".terminal"), "PYTHONUNBUFFERED": "1"}

    def shell(self, script: str) -> str:
        """Run a line in the folder and environment in which the last one left the terminal."""
        command = self._bash(script + KEEP_STATE)
        return building.run(*command, cwd=self.folder, **self._environment())

    def start(self, name: str, script: str) -> None:
        """Start what runs until it is stopped, and keep what it prints."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.servers[name] = subprocess.Popen(
                self._bash(script),
                cwd=self.folder,
                env=building.clean_environment() | self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the worker reloads itself in a child of its own
            )

    def log(self, name: str) -> str:
        """Return what the server or the worker has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def wait(self) -> None:
        """Wait until the server answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.servers["server"].poll() is None, self.log("server")
            with suppress(OSError):
                urllib.request.urlopen(self.base, timeout=10).close()
                return
            time.sleep(0.1)
        raise AssertionError(f"The server does not answer:\n{self.log('server')}")

    def stop(self) -> None:
        """End what was started."""
        for process in self.servers.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.servers.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def make(folder: Path, wheels: Path, version: str) -> Project:
    """Return an empty folder on a machine that finds our wheel among the packages of the registry."""
    folder.mkdir()
    return Project(
        folder,
        {
            "UV_FIND_LINKS": str(wheels),
            "UV_CONSTRAINT": str(building.constraints(folder, version)),
        },
    )
