"""Write large exports to private storage. The task may run twice and be killed at any point."""

import logging
import tempfile
import time
from datetime import timedelta
from typing import IO

from django.core.files import File
from django.db.models import F, Q, QuerySet
from django.tasks import task
from django.utils import translation

from cop_program.clock import now

from ..base import periodic, private_files
from ..base.conf import conf
from . import content
from .models import Export

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=10)
MOST = 3
State = Export.State


def folder(export_id: int) -> str:
    """Return the folder of an export in private storage, with whatever a killed worker left there."""
    return f"exports/{export_id}"


@task
def write_export(export_id: int) -> bool:
    """Write the file of an export; True if it is ready."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now())
    waiting = Export.objects.filter(free, pk=export_id, state__in=[State.WAITING, State.WRITING])
    ends_at = now() + timedelta(hours=conf.COP_EXPORT_LINK_HOURS)
    if waiting.filter(attempts__gte=MOST).update(state=State.FAILED, claimed_until=None, ends_at=ends_at):
        private_files.clear(folder(export_id))  # each attempt was killed
        return False
    if not waiting.update(state=State.WRITING, claimed_until=now() + CLAIM, attempts=F("attempts") + 1, done=0):
        return Export.objects.filter(pk=export_id, state=State.READY).exists()
    export = Export.objects.select_related("made_by").get(pk=export_id)
    mine = Export.objects.filter(pk=export_id, state=State.WRITING, attempts=export.attempts)
    try:
        private_files.clear(folder(export_id))
        with tempfile.TemporaryFile() as file, translation.override(export.options.get("language")):
            _write(export, file, mine)
            path = private_files.save(f"{folder(export_id)}/{export.attempts}-{content.file_name(export)}", File(file))
    except Exception:
        logger.exception("Export %s could not be written", export.pk)
        again_at = now() + timedelta(seconds=30)
        if export.attempts < MOST:
            mine.update(state=State.WAITING, claimed_until=again_at)
        elif mine.update(state=State.FAILED, claimed_until=None, ends_at=ends_at):
            private_files.clear(folder(export_id))
        return False
    ends_at = now() + timedelta(hours=conf.COP_EXPORT_LINK_HOURS)
    if not mine.update(state=State.READY, path=path, ends_at=ends_at, claimed_until=None):
        private_files.delete(path)  # the claim had expired, and another worker took over
        return False
    return True


def _write(export: Export, file: IO[bytes], mine: QuerySet[Export]) -> None:
    """Write the export to `file`; every second, say how far it is and keep the claim that `mine` finds."""
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= 1:
            told = time.monotonic()
            mine.update(done=done, claimed_until=now() + CLAIM)

    for part in content.stream(export, tell):
        file.write(part)


@periodic.register
def finish_exports() -> int:
    """Continue what a killed worker or a failure left."""
    due = Q(claimed_until__lte=now()) | Q(claimed_until__isnull=True, created_at__lte=now() - timedelta(minutes=1))
    left = Export.objects.filter(due, state__in=[State.WAITING, State.WRITING]).order_by("pk")[:5]
    return sum(write_export.func(pk) for pk in list(left.values_list("pk", flat=True)))


@periodic.register
def end_links() -> int:
    """Delete the files whose links have expired, and forget the words of the search."""
    ended = list(Export.objects.filter(state__in=[State.READY, State.FAILED], ends_at__lte=now())[:200])
    for export in ended:
        private_files.clear(folder(export.pk))
        state = State.ENDED if export.state == State.READY else State.FAILED
        Export.objects.filter(pk=export.pk).update(state=state, path="", query="", ends_at=None)
    return len(ended)
