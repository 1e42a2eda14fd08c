"""How a row points to one of a package above it, which it must not know: "application:12"."""

from django.db.models import Model


def reference_to(row: Model) -> str:
    """Return what other rows call `row`: the name of its model and its key."""
    return f"{row._meta.model_name}:{row.pk}"
