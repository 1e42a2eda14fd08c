"""Loads the demo: two editions of the reference program, through the rooms' own actions."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction


def load(*, say: Callable[[str], object] = print, known: dict[str, str] | None = None) -> bool:
    """Load the demo into an empty site, all or nothing; return whether there was anything to load."""
    from cop_program.clock import now
    from demo import people
    from demo.models import HomePage
    from forms_ext.applications.models import ApplicationFormPage

    from . import applying, pages
    from .cast import APPLICANTS, MEMBERS_2024, OTHERS_2024
    from .editions import PAST, coming

    if HomePage.objects.exists():
        return False
    say("==> Loading the demo: two editions of the reference program (half a minute)")
    today = now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        people.create(known or {})
        past, future = pages.load(coming(today.date()))
        form = ApplicationFormPage.objects.child_of(past).get()
        applying.all_apply(form, [(one, PAST.at(one.applied, one.hour)) for one in MEMBERS_2024 + OTHERS_2024])
        form = ApplicationFormPage.objects.child_of(future).get()
        applying.all_apply(form, [(one, today + timedelta(days=one.applied)) for one in APPLICANTS])
    return True
