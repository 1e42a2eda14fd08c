"""What `cop_program` does when Wagtail publishes one of its pages."""

from typing import Any

from django.db import transaction
from wagtail.signals import page_published, page_unpublished

from .extensions import provider
from .models import FacilitatorPage, Program, ProgramPage, SessionPage
from .signals import program_published


def connect() -> None:
    """Connect the receivers of this app; called once from `AppConfig.ready()`."""
    page_published.connect(when_program_published, sender=ProgramPage, dispatch_uid="cop_program_published")
    page_published.connect(when_session_published, sender=SessionPage, dispatch_uid="cop_session_published")
    page_published.connect(when_facilitator_published, sender=FacilitatorPage, dispatch_uid="cop_facilitator_published")
    page_unpublished.connect(when_session_unpublished, sender=SessionPage, dispatch_uid="cop_session_unpublished")


def when_program_published(instance: ProgramPage, **kwargs: Any) -> None:
    """Make the program's row where it is the first time, and tell those who hear of its source page."""
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


def when_session_published(instance: SessionPage, **kwargs: Any) -> None:
    """Tell what changed of a published session; that of a translation says nothing new."""
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


def when_facilitator_published(instance: FacilitatorPage, **kwargs: Any) -> None:
    """Give the translations the address for letters."""
    if instance.live:
        instance.lead_translations()


def when_session_unpublished(instance: SessionPage, **kwargs: Any) -> None:
    """Let a session that is published again, perhaps at another time, be newer than what calendars know."""
    instance.touch_calendar()
