"""Whether background work is done: when periodic jobs and a worker last ran, what waits, and what was abandoned.

What is said of single tasks needs the database backend of django-tasks; with another backend nothing is found.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from . import consistency
from .models import Heartbeat

if TYPE_CHECKING:
    from django_tasks_db.models import DBTaskResult

TICK = "tick"
WORKER = "worker"
ABANDONED_AFTER = timedelta(hours=1)
OUR_MODULES = ("forms_ext.", "cop_program.")


def beat(name: str = TICK) -> None:
    """Note that `name` is done now, by the real clock."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def last_beat(name: str = TICK) -> datetime | None:
    """Return when `name` was done last; None if it never was."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def _results() -> "QuerySet[DBTaskResult[Any, Any]] | None":
    if not apps.is_installed("django_tasks_db"):
        return None
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415  (optional)

    return DBTaskResult.objects.all()


def longest_wait() -> timedelta:
    """Return how long the oldest task that is due has been waiting for a worker; zero where none is."""
    results = _results()
    if results is None:
        return timedelta(0)
    due = results.filter(status="READY", run_after__gt=timezone.now())  # that far ahead: as soon as possible
    oldest = due.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    return timezone.now() - oldest if oldest else timedelta(0)


def is_waiting(task_path: str) -> bool:
    """Tell whether a task of `task_path` waits for a worker or is at work."""
    results = _results()
    return results is not None and results.filter(task_path=task_path, status__in=["READY", "RUNNING"]).exists()


def forget_done(task_path: str) -> None:
    """Delete what the backend keeps of tasks of `task_path` that are done."""
    results = _results()
    if results is not None:
        results.filter(task_path=task_path, status="SUCCESSFUL").delete()


def _abandoned() -> "QuerySet[DBTaskResult[Any, Any]] | None":
    results = _results()
    if results is None:
        return None
    return results.filter(status="RUNNING", started_at__lt=timezone.now() - ABANDONED_AFTER)


def fail_abandoned() -> int:
    """Mark our tasks as failed that a killed worker left running an hour ago; return how many.

    Our own rows start the work again. Tasks of a host site are its own affair: `cop_audit` names them.
    """
    results = _abandoned()
    if results is None:
        return 0
    ours = [pk for pk, path in results.values_list("pk", "task_path") if path.startswith(OUR_MODULES)]
    note = {"exception_class_path": "builtins.TimeoutError", "traceback": "The worker that ran this task was ended.\n"}
    return results.filter(pk__in=ours).update(status="FAILED", finished_at=timezone.now(), **note)


@consistency.check("base.tasks")
def tasks_end() -> Iterator[str]:
    """No task has been running for more than an hour."""
    results = _abandoned()
    for pk, path in results.values_list("pk", "task_path") if results is not None else ():
        yield f"Task {pk} ({path}) has been running for more than an hour: its worker was probably ended."
