"""Receivers of signals: what happens when one of our pages is published."""

from typing import Any

from django.db import transaction
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from .extensions import provider
from .models import FacilitatorPage, Program, ProgramPage, SessionPage
from .signals import program_published


def connect() -> None:
    """Connect the receivers of this app; called once from `AppConfig.ready()`."""
    page_published.connect(when_published, dispatch_uid="cop_published")
    page_unpublished.connect(when_unpublished, dispatch_uid="cop_unpublished")


def when_published(instance: Page, **kwargs: Any) -> None:
    """React to the publication of one of our pages, or of a type derived from it."""
    if isinstance(instance, ProgramPage):
        when_program_published(instance)
    elif isinstance(instance, SessionPage):
        when_session_published(instance)
    elif isinstance(instance, FacilitatorPage) and instance.live:
        instance.lead_translations()


def when_unpublished(instance: Page, **kwargs: Any) -> None:
    """Raise the sequence, so that a session published again later is newer than what calendars know."""
    if isinstance(instance, SessionPage):
        instance.touch_calendar()


def when_program_published(instance: ProgramPage) -> None:
    """Make the row of the program on its first publication, and send the signal of its source page."""
    if not instance.live or instance.alias_of_id:
        return
    with transaction.atomic():
        program, _made = Program.objects.get_or_create(
            translation_key=instance.translation_key, defaults={"page_id": instance.pk}
        )
        if program.page_id == instance.pk:
            program.page = instance
            program_published.send(sender=Program, program=program, page=instance)
            instance.lead_translations()


def when_session_published(instance: SessionPage) -> None:
    """Tell what changed in a published session; translations are ignored."""
    changes, instance.told_changes = instance.told_changes, ()
    if instance.live:
        instance.lead_translations()
    page = instance.program_page() if instance.live and changes else None
    program = Program.for_page(page) if page else None
    if program is None or instance.alias_of_id or page is None or program.page_id != page.pk:
        return
    with transaction.atomic():
        for what in changes:
            provider().session_changed(program, instance.pk, what)
