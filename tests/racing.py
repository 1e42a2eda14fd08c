"""Real processes on a real database: what a race test needs besides the fixture `fresh_database`.

A race is a script: a module with `main(*arguments)`, which prepares, starts the racers at the same moment with
`together`, and returns JSON data. Starting Django takes longer than most races, so a `Stable` does it once. It forks a
process for each script, which forks its racers.
"""

import importlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HEAD_START = 0.2


class Stable:
    """A process with Django set up on one database, in which scripts are run, each in a fork of its own."""

    def __init__(self, environment: Mapping[str, str], renew: Callable[[], object]) -> None:
        """Take the environment of the process, and what empties its database and folder of data."""
        self.environment = dict(environment)
        self.renew = renew
        self.process: subprocess.Popen[str] | None = None

    def run(self, script: str, *arguments: object) -> Any:
        """Run `main(*arguments)` of the module `script`, the arguments as strings; return what it returns.

        Raises AssertionError where the script failed; why stands on standard error.
        """
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.racing"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([script, *map(str, arguments)]) + "\n")
            self.process.stdin.flush()
            done = json.loads(self.process.stdout.readline())
        except BaseException:  # the timeout of the test as well: whoever comes next finds a new stable
            self.close()
            raise
        assert not isinstance(done, dict) or list(done) != ["died"], done
        return done

    def run_until(self, seen: Callable[[Any], bool], script: str, *arguments: object) -> None:
        """Run a race without its guard, up to three times, until what it returns is what the guard forbids.

        Not every race is lost on a machine that has other things to do. Raises AssertionError where none was.
        """
        found = []
        for _ in range(3):
            found.append(self.run(script, *arguments))
            if seen(found[-1]):
                return
            self.renew()
        raise AssertionError(found)

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def serve() -> None:
    """Run the scripts that a `Stable` names on standard input, a line of JSON for each; answer with a line."""
    import django

    django.setup()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a script prints is no answer
    for line in sys.stdin:
        script, *arguments = json.loads(line)
        main = partial(importlib.import_module(script).main, *arguments)
        print(json.dumps(_result(*_fork(main, time.monotonic()))), file=answers, flush=True)


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
    """Run `job` again if SQLite gives up waiting: an unguarded race is about what is written."""
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


if __name__ == "__main__":
    serve()
