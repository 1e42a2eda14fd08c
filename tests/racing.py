"""Real processes on a real database: what a race test needs.

`fresh_database` makes and migrates one of its own (SQLite in a folder; PostgreSQL beside the one that
`DATABASE_URL` names) and yields the environment for the processes; `run_together` starts a script several
times and lets all go at the same moment.
"""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
GO = "go"


@contextmanager
def fresh_database(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of processes that share one new, migrated database."""
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.race_settings",
        "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
    }
    url = environment.pop("DATABASE_URL", "")
    with _postgres(url) if url else _sqlite() as own:
        environment |= own
        subprocess.run(
            [sys.executable, "site/manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True
        )
        yield environment


@contextmanager
def _sqlite() -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def _postgres(url: str) -> Iterator[dict[str, str]]:
    import psycopg

    name = f"race_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start(script: str, *arguments: str, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start one process that runs the module `script`."""
    return subprocess.Popen(
        [sys.executable, "-m", script, *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_together(
    script: str, arguments: Sequence[Sequence[str]], *, environment: Mapping[str, str], timeout: float = 120
) -> list[str]:
    """Run `script` once for each of `arguments`, all from the same moment; return what each printed."""
    go = Path(environment["DATA_DIR"]) / GO
    go.unlink(missing_ok=True)
    processes = [start(script, *each, environment=environment) for each in arguments]
    ready = [process.stdout.readline() for process in processes if process.stdout]
    assert all(line == "ready\n" for line in ready), [process.communicate()[1] for process in processes]
    go.touch()
    printed = []
    for process in processes:
        out, errors = process.communicate(timeout=timeout)
        assert process.returncode == 0, errors
        printed.append(out.strip())
    return printed


def wait_for_go() -> None:
    """Say that this process is ready, and wait for the others."""
    go = Path(os.environ["DATA_DIR"]) / GO
    print("ready", flush=True)
    while not go.exists():
        time.sleep(0.002)
