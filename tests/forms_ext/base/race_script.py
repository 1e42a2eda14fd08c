"""What the race test of the cellar runs: references and limits, with their guard and without."""

import time
from typing import Any

from forms_ext.base import limits, references
from forms_ext.models import ReferenceSequence
from tests.racing import together

RACERS, DRAWS, LIMIT = 8, 5, 20


def draw() -> list[str]:
    """Draw some references of one series."""
    return [references.draw("A-2026", prefix="A-") for _ in range(DRAWS)]


def draw_unguarded() -> list[str]:
    """Draw one the wrong way: read, pause, write."""
    sequence, _created = ReferenceSequence.objects.get_or_create(series="unguarded")
    time.sleep(0.05)
    sequence.last_number += 1
    sequence.save()
    return [f"A-{sequence.last_number:04d}"]


def hit() -> int:
    """Do one thing as often as five times; return how often it was allowed."""
    return sum(limits.hit("post:203.0.113.9", limit=LIMIT, seconds=86_400) for _ in range(5))


def main() -> dict[str, Any]:
    """Race all three."""
    drawn = {
        name: [reference for racer in together([function] * RACERS) for reference in racer]
        for name, function in (("drawn", draw), ("unguarded", draw_unguarded))
    }
    return drawn | {"allowed": sum(together([hit] * RACERS))}
