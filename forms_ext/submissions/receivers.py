"""Receivers of signals: publishing freezes a version, and old draft uploads are deleted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.signals import page_published

from cop_program.clock import now

from ..base import groups, history, periodic, private_files, row_states
from ..base.conf import conf
from ..forms.actions import freeze
from . import (
    checks,  # noqa: F401
    consistency,  # noqa: F401
    sizes,
)
from .actions import DELETED, DOWNLOADED, SENT
from .models import Submission, Upload
from .pages import AbstractFormPage


def freeze_published(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Freeze what a form page asks when it goes live; an alias leads to its source."""
    if isinstance(instance, AbstractFormPage) and instance.live and not instance.alias_of_id:
        freeze(instance)


def forget_draft_uploads() -> int:
    """Delete the uploads that no answer claimed in time, with their files."""
    old = Upload.objects.filter(
        claimed_at__isnull=True, created_at__lt=now() - timedelta(days=conf.COP_UPLOAD_DRAFT_DAYS)
    )
    gone = list(old[:500])
    for upload in gone:
        upload.delete()
        private_files.delete(upload.storage_path)
    return len(gone)


def uploaded(paths: list[str]) -> Iterable[str]:
    """Return those of `paths` that belong to an upload."""
    return Upload.objects.filter(storage_path__in=paths).values_list("storage_path", flat=True)


def connect() -> None:
    """Connect the receivers; called once from `AppConfig.ready()`."""
    sites = [f"forms_ext.{action}_embeddingsite" for action in ("view", "add", "change", "delete")]
    groups.grant(groups.EDITORS, *sites)
    groups.grant(groups.STAFF, "forms_ext.view_submission", "forms_ext.delete_submission")
    history.register(SENT, _("Sent"))
    history.register(DELETED, _("Answers deleted"))
    history.register(DOWNLOADED, _("File downloaded"), {"question": "key of the question"})
    row_states.watch(Submission)
    row_states.watch(Upload, is_made_by_events=False)
    sizes.connect()
    private_files.register("uploads", uploaded)
    page_published.connect(freeze_published, dispatch_uid="forms_ext.submissions.freeze")
    periodic.register(forget_draft_uploads)
