"""Consistency checks of `submissions` over the whole database."""

from collections.abc import Iterator
from itertools import batched

from django.apps import apps

from ..base import consistency
from . import files
from .models import AnswerSet, Upload


@consistency.check("submissions.uploads")
def files_of_answers_are_kept() -> Iterator[str]:
    """Every file that an answer names is there and claimed by it: unclaimed ones are deleted in the end."""
    for model in apps.get_models():
        if not issubclass(model, AnswerSet):
            continue
        for rows in batched(model._default_manager.only("pk", "answers").iterator(chunk_size=500), 500):
            wanted = {token: row for row in rows for token in files.tokens_of(row.answers)}
            kept = Upload.objects.filter(token__in=wanted, claimed_at__isnull=False).values_list("token", flat=True)
            for token in wanted.keys() - set(kept):
                yield f"{model._meta.label} {wanted[token].pk}: a file in its answers is missing or will be deleted."
