"""The registry of periodic jobs. Each may run at any time, and twice."""

import logging
from collections.abc import Callable

from django.db import connection

from . import heartbeat

type Job = Callable[[], object]

logger = logging.getLogger(__name__)
_jobs: dict[str, Job] = {}


def register[J: Job](job: J) -> J:
    """Run `job` with every scheduler run, in the order of registration."""
    _jobs[f"{job.__module__}.{job.__qualname__}"] = job
    return job


def run_all() -> list[str]:
    """Run every job once; return the names of those that failed, whose errors are logged."""
    failed = []
    for name, job in list(_jobs.items()):
        try:
            job()
        except Exception:
            if connection.in_atomic_block:  # the surrounding transaction is broken: only its owner can continue
                raise
            logger.exception("Periodic job failed: %s", name)
            failed.append(name)
    heartbeat.beat()
    return failed
