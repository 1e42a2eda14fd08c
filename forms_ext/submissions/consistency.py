"""Consistency checks of `submissions` over the whole database."""

from collections.abc import Iterator
from itertools import batched

from django.apps import apps

from ..base import consistency, private_files
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
            kept = dict(
                Upload.objects.filter(token__in=wanted, claimed_at__isnull=False).values_list("token", "storage_path")
            )
            for token, row in wanted.items():
                if token not in kept:
                    yield f"{model._meta.label} {row.pk}: a file in its answers is missing or will be deleted."
                elif not private_files.exists(kept[token]):
                    yield f"{model._meta.label} {row.pk}: a file in its answers is missing from storage."
