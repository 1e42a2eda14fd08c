"""Real processes on a real database: what a race test needs besides the fixture `fresh_database`.

A test starts one script with `run`; the script sets Django up once, and lets the racers go by `together`, which
forks: starting Django for each of them would take the time of the whole suite.
"""

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HEAD_START = 0.2


def run(script: str, *arguments: str, environment: Mapping[str, str], timeout: float = 120) -> Any:
    """Run the module `script` in a process of its own; return the JSON of the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", script, *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    sys.stderr.write(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def together(racers: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each of `racers` in a forked process, all from the same moment.

    Returns what each returned (as JSON holds it), or `{"died": status}` for one that was killed or raised.
    """
    from django.db import connections

    # The very first connection turns a new SQLite file to WAL, which several at once cannot do.
    connections["default"].ensure_connection()
    connections.close_all()
    sys.stdout.flush()
    start = time.monotonic() + HEAD_START
    pipes = [_fork(racer, start) for racer in racers]
    return [_result(*pipe) for pipe in pipes]


def persist(job: Callable[[], Any]) -> Any:
    """Run `job`, again where SQLite has no patience left: an unguarded race is about what is written."""
    from django.db import OperationalError

    for _ in range(60):
        try:
            return job()
        except OperationalError:
            time.sleep(0.05)
    raise TimeoutError


def _fork(racer: Callable[[], Any], start: float) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        time.sleep(max(start - time.monotonic(), 0))
        result = json.dumps(racer())
        with os.fdopen(writing, "w") as pipe:
            pipe.write(result)
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _result(pid: int, reading: int) -> Any:
    with os.fdopen(reading) as pipe:
        written = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    return json.loads(written) if status == 0 else {"died": status}
