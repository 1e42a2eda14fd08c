"""Whether background work is done: when the periodic jobs last ran, and how long tasks have been waiting."""

from datetime import datetime, timedelta

from django.apps import apps
from django.utils import timezone

from .models import Heartbeat

TICK = "tick"


def beat(name: str = TICK) -> None:
    """Note that `name` is done now, by the real clock."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def last_beat(name: str = TICK) -> datetime | None:
    """Return when `name` was done last; None if it never was."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def longest_wait() -> timedelta:
    """Return how long the oldest task that is due has been waiting for a worker; zero if none is."""
    if not apps.is_installed("django_tasks_db"):
        return timedelta(0)
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415  (optional)

    due = DBTaskResult.objects.ready().filter(run_after__gt=timezone.now())  # a date this far ahead: no delay
    oldest = due.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    return timezone.now() - oldest if oldest else timedelta(0)
