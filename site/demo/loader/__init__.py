"""Loads the demo: two editions of the reference program, through the rooms' own actions."""

from collections.abc import Callable

from django.db import transaction


def load(*, say: Callable[[str], object] = print) -> bool:
    """Load the demo into an empty site, all or nothing; return whether there was anything to load."""
    from cop_program.clock import now
    from demo.models import HomePage

    from . import pages
    from .editions import coming

    if HomePage.objects.exists():
        return False
    say("==> Loading the demo: two editions of the reference program (half a minute)")
    with transaction.atomic():
        pages.load(coming(now().date()))
    return True
