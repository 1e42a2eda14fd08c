"""Background work: a registry by which actions start it, and the periodic task."""

from functools import partial
from typing import Any

from django.db import transaction
from django.tasks import Task, task

from . import heartbeat, periodic

_tasks: dict[str, "Task[..., Any]"] = {}


def register(*work: "Task[..., Any]") -> None:
    """Let `start` find `work` by its dotted path; called from a package's `receivers.connect()`."""
    _tasks.update((one.module_path, one) for one in work)


def start(path: str, *args: Any) -> None:
    """Start the registered task at the dotted `path` once the transaction is committed; KeyError for any other.

    An action knows no task, since the tasks know the actions.
    """
    transaction.on_commit(partial(_tasks[path].enqueue, *args), robust=True)


@task
def beat() -> None:
    """Note that a worker is at work."""
    heartbeat.beat(heartbeat.WORKER)
    heartbeat.forget_done(beat.module_path)


@periodic.register
def ask_for_a_beat() -> None:
    """Let a worker say that it is there; a request that still waits is not repeated."""
    if not heartbeat.is_waiting(beat.module_path):
        beat.enqueue()


periodic.register(heartbeat.fail_abandoned)


@task
def tick() -> list[str]:
    """Run all periodic jobs once; return the names of those that failed."""
    return periodic.run_all()
