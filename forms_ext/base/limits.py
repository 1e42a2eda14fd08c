"""Limits on how often one address may do a thing: counted in the database, shared by all processes."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from cop_program.clock import now

from . import periodic
from .models import RateBucket

KEEP = timedelta(days=8)


def hit(key: str, *, limit: int, seconds: int) -> bool:
    """Count one more of `key` ("apply:203.0.113.9"); False where `limit` in the current `seconds` is used up.

    Only a keyed hash of `key` is stored. Call it outside of a transaction that may roll back.
    """
    if limit <= 0:
        return True
    start = datetime.fromtimestamp(now().timestamp() // seconds * seconds, UTC)
    digest = salted_hmac("forms_ext.limits", f"{seconds}:{key}", secret=settings.SECRET_KEY, algorithm="sha256")
    name = digest.hexdigest()
    bucket = RateBucket.objects.filter(key=name, window_start=start)
    RateBucket.objects.bulk_create([RateBucket(key=name, window_start=start)], ignore_conflicts=True)
    return bucket.filter(count__lt=limit).update(count=F("count") + 1) == 1


@periodic.register
def forget_old_hits() -> int:
    """Delete the counts of windows that ended long ago."""
    return RateBucket.objects.filter(window_start__lt=now() - KEEP).delete()[0]
