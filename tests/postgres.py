"""A PostgreSQL cluster for the tests: created in a temporary folder, reached through loopback, removed afterwards.

`python -m tests.postgres COMMAND…` runs a command with `COP_TEST_POSTGRES` set to the URL of such a cluster.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

USER = "cop"
ADDRESS = "COP_TEST_POSTGRES"
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=200")


def binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl, or None if PostgreSQL is not installed."""
    if (found := shutil.which("initdb")) and shutil.which("pg_ctl"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def free_port() -> int:
    """Return a port of the loopback interface on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> list[str]:
    """Return the prefix that runs a command as another user if we are root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return []
    name = _account()
    if runuser := shutil.which("runuser"):
        return [runuser, "-u", name, "--"]
    person = pwd.getpwnam(name)
    return ["setpriv", f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups", "--"]


def _account() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("There is no account to run PostgreSQL as.")


class Cluster:
    """A running PostgreSQL; a context manager."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path()
        self.bin = Path()

    @property
    def url(self) -> str:
        """The address of its database `postgres`."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Self:
        bin_folder = binaries()
        if bin_folder is None:
            raise RuntimeError("PostgreSQL is not installed: `site/bin/setup test` installs it.")
        self.bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="cop-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            person = pwd.getpwnam(_account())
            os.chown(self.folder, person.pw_uid, person.pw_gid)
        data = self.folder / "data"
        self._run("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = " ".join(f"-c {setting}" for setting in SPEED)
        options += f" -c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        log = self.folder / "log"
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options, "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> None:
        command = [*unprivileged(), str(self.bin / program), *map(str, arguments)]
        # The output goes to a file: a server that pg_ctl starts would keep a pipe open.
        with (self.folder / "output").open("ab+") as output:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder)
            if check and done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed:\n{output.read().decode(errors='replace')}")


def create_database(cluster_url: str, name: str, template: str = "template0") -> str:
    """Make the database `name` as a copy of `template`; return its address."""
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        for attempt in range(20):
            try:
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
                break
            except psycopg.errors.ObjectInUse:  # another process is copying it
                if attempt == 19:
                    raise
                time.sleep(0.3)
    return cluster_url.rsplit("/", 1)[0] + "/" + name


def drop_database(cluster_url: str, name: str) -> None:
    """Remove the database `name`, even with open connections."""
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def main(arguments: Sequence[str]) -> int:
    """Run `arguments` as a command beside a cluster."""
    with Cluster() as cluster:
        return subprocess.run(arguments, env=os.environ | {ADDRESS: cluster.url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
