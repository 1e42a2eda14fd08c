"""Make an export: stream it at once, or write it in the background. Each is in the audit log."""

from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from cop_program import locales
from cop_program.clock import now

from ..base import history
from ..base.conf import conf
from ..base.errors import ActionRefused
from ..base.tasks import start
from .formats import fitting
from .models import Export
from .options import Options
from .sources import Source

EXPORTED = "forms_ext.exports.export"


@transaction.atomic
def begin(
    *, source: Source, format: str, query: str, options: Options, by: Any = None, background: bool | None = None
) -> Export:
    """Record an export. A large one is written by a worker; `background` decides otherwise.

    Raise ActionRefused if `source` cannot be exported in `format`.
    """
    if format not in fitting(is_files=source.is_files):
        raise ActionRefused(_("This list cannot be exported in that format."))
    count = source.rows(query, by).count()
    background = count > conf.COP_EXPORT_BACKGROUND_ROWS if background is None else background
    export = Export.objects.create(
        source=source.name,
        format=format,
        query=query if background else "",
        options=options.as_json() | {"language": locales.language()},
        made_by=by,
        created_at=now(),
        rows=count,
        state=Export.State.WAITING if background else Export.State.STREAMED,
    )
    noted: dict[str, Any] = {"filter": source.filters(query), "search": bool(QueryDict(query).get("q")), "rows": count}
    history.record(export, EXPORTED, user=by, what=source.name, format=format, **noted)
    if background:
        start("forms_ext.exports.tasks.write_export", export.pk)
    export.query = query  # for the stream only: the words of a search are not stored
    return export
