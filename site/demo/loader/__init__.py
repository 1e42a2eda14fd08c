"""Load the demo: two editions of the reference program, through the packages' own actions."""

from collections.abc import Callable

from django.db import transaction

from cop_program.clock import now
from demo import people
from demo.models import HomePage

from . import german, history, pages
from .editions import PAST, coming


def load(*, say: Callable[[str], object] = print, known: dict[str, str] | None = None) -> bool:
    """Load the demo into an empty site, all or nothing; return whether there was anything to load."""
    if HomePage.objects.exists():
        return False
    say("==> Loading the demo: two editions of the reference program (about 30 seconds)")
    today = now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        people.create(known or {})
        past, future = pages.load(coming(today.date()))
        german.load(past, future, (PAST, coming(today.date())))
        history.load(past, future, today)
    return True
