"""Receivers of signals: what happens when one of our pages is published, changed, moved or deleted."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from . import session_records
from .models import FacilitatorPage, Program, ProgramPage, SessionPage
from .pages.families import with_heirs
from .signals import program_published


def connect() -> None:
    """Connect the receivers of this app; called once from `AppConfig.ready()`."""
    page_published.connect(when_published, dispatch_uid="cop_published")
    page_unpublished.connect(when_unpublished, dispatch_uid="cop_unpublished")
    for kind in with_heirs([SessionPage]):
        post_save.connect(when_session_saved, sender=kind, dispatch_uid=f"cop_session_saved_{kind._meta.label}")
    pre_delete.connect(before_session_deleted, sender=SessionPage, dispatch_uid="cop_before_session_deleted")
    post_delete.connect(when_session_deleted, sender=SessionPage, dispatch_uid="cop_session_deleted")
    pre_page_move.connect(before_move, dispatch_uid="cop_before_move")
    post_page_move.connect(when_moved, dispatch_uid="cop_moved")


def when_published(instance: Page, **kwargs: Any) -> None:
    """React to the publication of one of our pages, or of a type derived from it."""
    if isinstance(instance, ProgramPage):
        when_program_published(instance)
    elif isinstance(instance, SessionPage | FacilitatorPage) and instance.live:
        instance.lead_translations()


def when_unpublished(instance: Page, **kwargs: Any) -> None:
    """Note that a session is gone; when it expires, Wagtail saves only the `Page` of it."""
    if isinstance(instance, SessionPage):
        when_session_saved(instance)


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
            session_records.sync(program)


def when_session_saved(instance: SessionPage, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Note what has changed in a published session: by a publication, its end, a copy or an alias. Not a draft."""
    if update_fields is None and (program := session_records.program_of(instance)):
        session_records.sync(program)


def before_session_deleted(instance: SessionPage, **kwargs: Any) -> None:
    """Keep what only the page knows."""
    session_records.note_privacy(instance)


def when_session_deleted(instance: SessionPage, **kwargs: Any) -> None:
    """Note that a session is gone, unless its program is deleted with it."""
    if program := session_records.program_of(instance):
        session_records.sync(program)


def before_move(instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Refuse to move a published session into another program, from wherever; raise ValidationError."""
    session_records.refuse_move(instance, parent_page_after)


def when_moved(instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Note the sessions of both programs."""
    if parent_page_before.pk != parent_page_after.pk and issubclass(instance.specific_class or Page, SessionPage):
        for program in filter(None, map(Program.for_page, (parent_page_before, parent_page_after))):
            session_records.sync(program)
