"""References that people can read aloud, such as A-2026-0007: drawn in order, each once."""

from django.db import transaction
from django.db.models import F

from .models import ReferenceSequence


@transaction.atomic
def draw(series: str, *, prefix: str) -> str:
    """Return the next reference of `series`; its row stays locked until the caller's transaction ends."""
    rows = ReferenceSequence.objects.filter(series=series)
    if not rows.update(last_number=F("last_number") + 1):
        ReferenceSequence.objects.bulk_create([ReferenceSequence(series=series)], ignore_conflicts=True)
        rows.update(last_number=F("last_number") + 1)
    number: int = rows.values_list("last_number", flat=True).get()
    return f"{prefix}{number:04d}"
