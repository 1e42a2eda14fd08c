"""Consistency checks of published forms over the whole database."""

import hashlib
from collections.abc import Iterator

from ..base import consistency
from .definitions import canonical
from .models import FormVersion


@consistency.check("forms.versions")
def definitions_have_their_hashes() -> Iterator[str]:
    """The hash beside each definition is its own."""
    versions = FormVersion.objects.values_list("page_id", "number", "definition", "sha256")
    for page, number, definition, sha256 in versions.iterator(chunk_size=200):
        if hashlib.sha256(canonical(definition).encode()).hexdigest() != sha256:
            yield f"Version {number} of the form on page {page} is not the one that was published."
