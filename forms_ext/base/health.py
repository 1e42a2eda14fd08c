"""The health of a process, for load balancers and alarms: `/health/live/`, `/health/ready/` and `/health/work/`.

The middleware answers before everything else, because a balancer asks with a host name that is not the site's, over
plain HTTP. The answer names only what is in order and what is not. The log has the reason.
"""

import logging
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.core.cache import cache as shared_cache
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string

from . import heartbeat, private_files

SILENCE = timedelta(minutes=5)
WAIT = timedelta(minutes=10)
PROBE_BYTES = 65_536

logger = logging.getLogger(__name__)


class Unwell(Exception):
    """What a check found, as a sentence for the log."""


def database() -> None:
    """Check that the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    """Check that every migration of the running code has been applied. Raise Unwell if one has not."""
    _all_applied()


@cache  # once applied, they stay so while this process lives; an exception is not cached
def _all_applied() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unwell("Run `manage.py migrate`.")
    return True


def cached() -> None:
    """Check that the cache returns what was put into it. Raise Unwell if it does not."""
    key, value = f"cop-health-{get_random_string(12)}", get_random_string(12)
    shared_cache.set(key, value, timeout=10)
    if shared_cache.get(key) != value:
        raise Unwell("The cache lost what it was given.")


def files() -> None:
    """Check that files can be written on this machine's disks and reached elsewhere. Raise Unwell if not."""
    for storage in (private_files.storage(), storages["default"]):
        if isinstance(storage, FileSystemStorage):
            _write_into(Path(storage.location))
        else:
            storage.exists("health")
    if connection.vendor == "sqlite" and (folder := Path(connection.settings_dict["NAME"]).parent).is_dir():
        _write_into(folder)


def _write_into(folder: Path) -> None:
    """Write to a temporary file without a name. Raise OSError if the disk is full or read-only."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(PROBE_BYTES))
        file.flush()


def scheduler() -> None:
    """Check that the periodic work ran recently. Raise Unwell if it did not."""
    last = heartbeat.last_beat()
    if last is None or timezone.now() - last > SILENCE:
        raise Unwell(f"The periodic work last ran: {last or 'never'}. Start `manage.py cop_tick` every minute.")


def worker() -> None:
    """Check that a worker was there recently and no task waits for long. Raise Unwell if not."""
    last = heartbeat.last_beat(heartbeat.WORKER)
    if last is None or timezone.now() - last > WAIT:
        raise Unwell(f"A worker was last seen: {last or 'never'}. Start `manage.py db_worker`.")
    wait = heartbeat.longest_wait()
    if wait > WAIT:
        raise Unwell(f"A task has been waiting for {wait}. Start `manage.py db_worker`, or more of them.")


READY = {"database": database, "migrations": migrations, "cache": cached, "files": files}
WORK = {"database": database, "scheduler": scheduler, "worker": worker}
ADDRESSES: dict[str, dict[str, Callable[[], None]]] = {
    "/health/live/": {},
    "/health/ready/": READY,
    "/health/work/": WORK,
}


def answer(request: HttpRequest, checks: dict[str, Callable[[], None]]) -> HttpResponse:
    """Run `checks`; answer 200 if all pass, otherwise 503."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    states = {name: _state(name, check) for name, check in checks.items()}
    is_well = all(state == "ok" for state in states.values())
    content = {"status": "ok" if is_well else "unavailable", "checks": states}
    return JsonResponse(content, status=200 if is_well else 503, headers={"Cache-Control": "no-store"})


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        logger.warning("Health: %s failed: %s: %s", name, type(error).__name__, error)
        return "failed"
    return "ok"


class Health:
    """Answer the three health URLs. Put this middleware first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        checks = ADDRESSES.get(request.path_info)
        return self.get_response(request) if checks is None else answer(request, checks)
