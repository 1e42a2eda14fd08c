"""Loads the demo: two editions of the reference program, through the rooms' own actions."""

from collections.abc import Callable

from django.db import transaction


def load(*, say: Callable[[str], object] = print) -> bool:
    """Load the demo into an empty site; return whether there was anything to load."""
    from demo.models import HomePage

    from . import pages

    if HomePage.objects.exists():
        return False
    say("==> Loading the demo: two editions of the reference program")
    with transaction.atomic():
        pages.load()
    return True
