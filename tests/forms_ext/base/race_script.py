"""Races of `base`: references and limits, with their guard and without."""

import time
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from forms_ext.base import limits, number_series
from forms_ext.base.models import NumberSequence, RateBucket
from tests.racing import together

RACERS, DRAWS, LIMIT = 8, 5, 20
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def draw() -> list[str]:
    """Draw some references of one series."""
    return [number_series.draw("A-2026", prefix="A-") for _ in range(DRAWS)]


def draw_unguarded() -> list[str]:
    """Draw one the wrong way: read, pause, write."""
    sequence, _created = NumberSequence.objects.get_or_create(key="unguarded")
    time.sleep(0.05)
    sequence.last_number += 1
    sequence.save()
    return [f"A-{sequence.last_number:04d}"]


def hit() -> int:
    """Do one thing as often as five times; return how often it was allowed."""
    return sum(_allowed() for _ in range(5))


def _allowed() -> bool:
    try:
        with transaction.atomic():
            limits.count("post:203.0.113.9", limit=LIMIT, seconds=86_400)
    except limits.UsedUp:
        return False
    return True


def hit_unguarded() -> int:
    """Count the wrong way: look whether there is room, pause, write."""
    found = 0
    for _ in range(5):
        bucket, _made = RateBucket.objects.get_or_create(key="unguarded", window_start=EPOCH)
        time.sleep(0.02)
        if bucket.count < LIMIT:
            RateBucket.objects.filter(pk=bucket.pk).update(count=bucket.count + 1)
            found += 1
    return found


def main() -> dict[str, Any]:
    """Race all of them."""
    drawn = {
        name: [reference for racer in together([function] * RACERS) for reference in racer]
        for name, function in (("drawn", draw), ("unguarded", draw_unguarded))
    }
    unguarded = sum(together([hit_unguarded] * RACERS))
    return drawn | {"allowed": sum(together([hit] * RACERS)), "allowed_unguarded": unguarded}
