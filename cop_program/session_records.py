"""Keep the records of sessions in line with their pages, by whatever way these were changed."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from . import translations
from .clock import now
from .extensions import provider
from .models import Program, ProgramPage, SessionPage, SessionRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A change of one of these is told to calendars.
SCHEDULED = ("starts_at", "ends_at", "is_cancelled", "is_gone")
SHOWN = ("title", "join_link", "recording_link")


@transaction.atomic
def sync(program: Program) -> None:
    """Note what has changed in the published sessions of `program`, and tell the provider each change.

    It compares states: it may run at any time, and twice.
    """
    program = Program.locked(program.pk)
    known = {record.session_key: record for record in program.session_records.all()}
    pages = {page.translation_key: page for page in program.page.sessions() if page.starts_at and page.ends_at}
    live = {key: page for key, page in pages.items() if page.live}
    titles = _titles(live)
    private = _private(pages.values())
    for key, page in live.items():
        record = known.get(key) or SessionRecord(program=program, session_key=key)
        values = {name: getattr(page, name) for name in ("starts_at", "ends_at", "is_cancelled", *SHOWN)}
        _write(record, **values, titles=titles.get(key, {}), is_gone=False, is_private=page.pk in private)
    for key, record in known.items():
        if key not in live and not record.is_gone:
            is_private = pages[key].pk in private if key in pages else record.is_private
            _write(record, is_gone=True, is_private=is_private)


def _write(record: SessionRecord, **values: Any) -> None:
    before = record.state if record.pk else None
    changed = {name for name, value in values.items() if record.pk is None or getattr(record, name) != value}
    if not changed:
        return
    for name in changed:
        setattr(record, name, values[name])
    if before is not None and changed & set(SCHEDULED):
        record.sequence += 1
    if changed - {"is_private"}:
        record.changed_at = now()
    record.save()
    if record.state != before:
        provider().session_changed(record.program, record, before)


def _titles(pages: dict[UUID, SessionPage]) -> dict[UUID, dict[str, str]]:
    """Return the titles of the published translations of `pages`, by key and language."""
    found: dict[UUID, dict[str, str]] = {}
    if pages and translations.are_on():
        others = SessionPage.objects.live().filter(translation_key__in=pages)
        others = others.exclude(pk__in=[page.pk for page in pages.values()])
        for key, language, title in others.values_list("translation_key", "locale__language_code", "title"):
            found.setdefault(key, {})[language] = title
    return found


def _private(pages: "Iterable[SessionPage]") -> set[int]:
    """Return the keys of those of `pages` that have a view restriction of their own."""
    keys = [page.pk for page in pages]
    return set(SessionPage.objects.filter(pk__in=keys, view_restrictions__isnull=False).values_list("pk", flat=True))


def program_of(page: Page) -> Program | None:
    """Return the program that a session `page`, or the page of a translation, is below of; None if there is none."""
    above = ProgramPage.objects.filter(path=page.path[: -page.steplen]).first()
    return Program.for_page(above) if above is not None else None


def note_privacy(page: SessionPage) -> None:
    """Note, before `page` is deleted, whether it is private: the public calendar never showed it then."""
    SessionRecord.objects.filter(
        program__page__path=page.path[: -page.steplen], session_key=page.translation_key
    ).update(is_private=page.view_restrictions.exists())


def refusal(page: Page, destination: Page) -> str:
    """Return why `page` cannot be moved below `destination`: it is a session that people know; '' if it can."""
    is_session = issubclass(page.specific_class or Page, SessionPage)
    if not is_session or not page.live or destination.path == page.path[: -page.steplen]:
        return ""
    return _(
        "“%(title)s” is published, so it cannot be moved to another program. Cancel it here and add a new one there."
    ) % {"title": page.title}


def refuse_move(page: Page, destination: Page) -> None:
    """Raise ValidationError if `page` cannot be moved below `destination`."""
    if message := refusal(page, destination):
        raise ValidationError(message)
