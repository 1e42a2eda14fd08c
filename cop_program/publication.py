"""Publishing without the editor's form, which alone Wagtail checks: by a workflow, on a schedule, in bulk, by code."""

import logging
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from .clock import now
from .fields import OpenStreamField

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

#: What Wagtail's `publish_scheduled` passes to `publish`, and what the history calls a page that it could not publish.
SCHEDULED = "wagtail.publish.scheduled"
REFUSED = "cop_program.refuse_schedule"
MISSING = {"null", "blank", "required"}

logger = logging.getLogger(__name__)


def check(page: Page) -> None:
    """Raise ValidationError, by field, if `page` lacks what a public page has."""
    errors: dict[str, list[ValidationError]] = {}
    try:
        page.full_clean()
    except ValidationError as error:
        errors = error.update_error_dict({})
    for field in page._meta.get_fields():
        if isinstance(field, OpenStreamField):
            try:
                field.stream_block.clean(getattr(page, field.name))
            except ValidationError as error:
                whole = getattr(error, "non_block_errors", None)
                message = _("Something in “%(field)s” is missing or wrong.") % {"field": field.verbose_name}
                found = whole.as_data() if whole and not error.block_errors else [ValidationError(message)]  # type: ignore[attr-defined]
                errors.setdefault(field.name, []).extend(found)
    if errors:
        raise ValidationError(errors)


def words(page: Page, error: ValidationError) -> str:
    """Return in a few sentences what `check` has found wrong with `page`."""
    fields, missing, wrong = page.specific._meta, [], []
    for name, found in error.update_error_dict({}).items():
        for one in found:
            if one.code in MISSING and name != NON_FIELD_ERRORS:
                missing.append(str(fields.get_field(name).verbose_name))
            else:
                wrong += one.messages
    if missing:
        wrong.insert(0, _("Missing: %(fields)s.") % {"fields": ", ".join(missing)})
    return " ".join(wrong)


def is_due(revision: Revision) -> bool:
    """Lock the schedule of `revision`; return whether its time has come and nobody has published it meanwhile."""
    due = Revision.objects.filter(pk=revision.pk, approved_go_live_at__lte=timezone.now())
    return due.select_for_update(of=("self",)).values_list("pk").first() is not None


@transaction.atomic
def refuse(page: Page, revision: Revision, error: ValidationError) -> None:
    """Take `revision`, if it is due, off the schedule, and note that in the history of `page` for `refused`."""
    if not is_due(revision):
        return
    page.revisions.update(approved_go_live_at=None)
    fields = sorted(error.update_error_dict({}))
    log(page, REFUSED, revision=revision, data={"fields": fields}, timestamp=now())
    logger.warning("Page %s was not published as scheduled, because it is incomplete: %s", page.pk, ", ".join(fields))


def refused(*, page: Page | None = None) -> Any:
    """Return the notes of pages that were not published as scheduled and that nobody has changed since."""
    notes = PageLogEntry.objects.filter(action=REFUSED, revision=F("page__latest_revision"))
    notes = notes.exclude(page__live_revision=F("revision")).filter(revision__approved_go_live_at=None)
    return (notes.filter(page=page) if page else notes).order_by("-timestamp")


def refused_for(user: "AbstractBaseUser") -> list[Page]:
    """Return the pages that were not published as scheduled and that `user` may edit, the last one first."""
    pages = dict.fromkeys(note.page for note in refused().select_related("page__content_type")[:100])
    return [page for page in pages if page.permissions_for_user(user).can_edit()]
