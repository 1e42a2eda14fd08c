"""Rate limits, counted in the database and shared by all processes."""

import math
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from cop_program.clock import now

from . import periodic
from .models import RateBucket

KEEP = timedelta(days=8)


class UsedUp(Exception):
    """A limit is reached; it counts anew from `until` on."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until

    @property
    def seconds(self) -> int:
        """The seconds until the limit starts again, at least one: the value of Retry-After."""
        return max(math.ceil((self.until - now()).total_seconds()), 1)


def count(key: str, *, limit: int, seconds: int, times: int = 1) -> None:
    """Count `key` ("apply:203.0.113.9") `times` more; raise UsedUp if that passes `limit` in the current `seconds`.

    Only a keyed hash of `key` is stored. A limit of 0 means no limit. In a transaction, the count is stored on commit,
    so failed attempts do not count. Concurrent counts of the same key wait for each other, so the limit holds.
    """
    if limit <= 0 or times <= 0:
        return
    start, name = _window(key, seconds)
    bucket = RateBucket.objects.filter(key=name, window_start=start)
    RateBucket.objects.bulk_create([RateBucket(key=name, window_start=start)], ignore_conflicts=True)
    if not bucket.filter(count__lte=limit - times).update(count=F("count") + times):
        raise UsedUp(start + timedelta(seconds=seconds))


def used(key: str, *, seconds: int) -> int:
    """Return how often `key` was counted in the current `seconds`."""
    start, name = _window(key, seconds)
    return RateBucket.objects.filter(key=name, window_start=start).values_list("count", flat=True).first() or 0


def give_back(key: str, *, seconds: int) -> None:
    """Take back one count of `key` in the current `seconds`: what it was counted for turned out to be allowed."""
    start, name = _window(key, seconds)
    RateBucket.objects.filter(key=name, window_start=start, count__gt=0).update(count=F("count") - 1)


def _window(key: str, seconds: int) -> tuple[datetime, str]:
    start = datetime.fromtimestamp(now().timestamp() // seconds * seconds, UTC)
    digest = salted_hmac("forms_ext.limits", f"{seconds}:{key}", secret=settings.SECRET_KEY, algorithm="sha256")
    return start, digest.hexdigest()


@periodic.register
def forget_old_hits() -> int:
    """Delete the counts of windows that ended long ago."""
    return RateBucket.objects.filter(window_start__lt=now() - KEEP).delete()[0]
