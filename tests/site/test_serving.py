"""The supervisor of `make run`: what it starts again, and what ends it. Real processes."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from demo import serving
from demo.serving import Child, Supervisor

from tests.postgres import free_port


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(serving, "RESTART_SECONDS", 0.1)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_worker_that_is_killed_twice_at_once_does_not_end_the_site() -> None:
    port, said = free_port(), list[str]()
    web = Child("web server", [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)])
    worker = Child("worker", ["sleep", "1000"], pause=0.1)
    supervisor = Supervisor([web, worker], os.environ, say=said.append)
    pids = []

    def kill_twice() -> None:
        try:
            for _time in range(2):
                until(lambda: worker.is_running and worker.process and worker.process.pid not in pids)
                assert worker.process is not None
                pids.append(worker.process.pid)
                os.kill(worker.process.pid, signal.SIGKILL)
            until(lambda: worker.is_running and worker.process and worker.process.pid not in pids)
            pids.append(0)
        finally:
            supervisor.stopping = True

    killer = threading.Thread(target=kill_twice)
    killer.start()
    assert supervisor.run(lambda: None, f"http://127.0.0.1:{port}/") == 0
    killer.join()
    assert len(pids) == 3
    assert [line for line in said if "worker ended" in line] == [
        "==> The worker stopped (status -9). Starting it again in 0 s"
    ] * 2
    assert not web.is_running
    assert not worker.is_running


def test_a_web_server_that_never_answers_ends_it_with_a_word() -> None:
    said = list[str]()
    web = Child("web server", [sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([web, Child("worker", ["sleep", "1000"])], os.environ, say=said.append)
    assert supervisor.run(lambda: None, f"http://127.0.0.1:{free_port()}/") == 1
    assert said == ["==> The web server ended at once (status 3); see above. Stopping."]
