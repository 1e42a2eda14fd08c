"""What the exports register at start-up: log entries and periodic work."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ..base import groups, history, private_files
from ..base import tasks as background
from . import actions, tasks
from .models import Export


def exported(paths: list[str]) -> Iterable[str]:
    """Return those of `paths` that are in the folder of an export, which is cleared with it."""
    folders = {path: path.rpartition("/")[0] for path in paths}
    kept = {tasks.folder(pk) for pk in Export.objects.values_list("pk", flat=True)}
    return [path for path, folder in folders.items() if folder in kept]


def connect() -> None:
    """Connect; called once from `AppConfig.ready()`."""
    groups.grant(groups.STAFF, "forms_ext.add_export")
    private_files.register("exports", exported)
    background.register(tasks.write_export)
    keys = {
        "what": "which list",
        "format": "file format",
        "filter": "names of the filters",
        "search": "whether something was searched",
        "rows": "how many rows",
    }
    history.register(actions.EXPORTED, _("Exported"), keys)
