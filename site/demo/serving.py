"""One supervisor for the web server, the worker and the scheduler of `make run`."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

PATIENCE_SECONDS = 8.0
RESTART_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
LONG_ENOUGH_SECONDS = 10.0
PR_SET_PDEATHSIG = 1


def port_is_free(host: str, port: int) -> bool:
    """Tell whether something could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def end_with_parent() -> None:
    """Ask the kernel to end this process when the supervisor dies, however it dies (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process that the supervisor keeps alive, in a process group of its own."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = RESTART_SECONDS
    restart_at: float | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        self.started, self.restart_at = time.monotonic(), None
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )

    def signal_group(self, number: signal.Signals) -> None:
        """Send `number` to the process and to all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Starts `children`, restarts one that dies, and ends all of them on SIGINT, SIGTERM or SIGHUP.

    The others wait until the first answers: started together they would only slow it down. If the first dies before it
    has ever answered, something is wrong with the set-up, and everything ends. Whatever dies later is started again,
    after a pause that doubles as long as it dies young.
    """

    children: list[Child]
    environment: Mapping[str, str]
    say: Callable[[str], object] = print
    stopping: bool = field(default=False, init=False)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def run(self, on_start: Callable[[], None], ready_url: str) -> int:
        """Run until told to stop; call `on_start` once `ready_url` answers. Returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            first, *others = self.children
            first.start(self.environment)
            announced = False
            while not self.stopping:
                if not announced and not first.is_running:
                    status = first.process.returncode if first.process else None
                    self.say(f"==> The {first.name} ended at once (status {status}); see above. Stopping.")
                    return 1
                self._keep_alive()
                if not announced and answers(ready_url):
                    for child in others:
                        child.start(self.environment)
                    on_start()
                    announced = True
                time.sleep(0.2)
            return 0
        finally:
            self.end()

    def _keep_alive(self) -> None:
        """Start anew what has died, each after its pause."""
        moment = time.monotonic()
        for child in self.children:
            if child.process is None or child.is_running or self.stopping:
                continue
            if child.restart_at is None:
                is_young = moment - child.started < LONG_ENOUGH_SECONDS
                child.pause = min(child.pause * 2, LONGEST_PAUSE_SECONDS) if is_young else RESTART_SECONDS
                child.restart_at = moment + child.pause
                status = child.process.returncode
                self.say(f"==> The {child.name} stopped (status {status}). Starting it again in {child.pause:.0f} s")
                child.signal_group(signal.SIGKILL)
            elif moment >= child.restart_at:
                child.start(self.environment)

    def end(self) -> None:
        """End all children and what they started: in peace first, then by force."""
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and any(child.is_running for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()


def answers(url: str) -> bool:
    """Tell whether a web server answers at `url`, whatever it says."""
    try:
        urllib.request.urlopen(url, timeout=10).close()  # noqa: S310
        return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
