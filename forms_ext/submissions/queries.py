"""Reads of the answers, for editors and other packages."""

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from ..base.conf import conf
from .models import Submission, Upload


def _counted(rows: QuerySet, pages: Sequence[Page]) -> list[tuple[str, int]]:
    """Return title and number of `rows` for each page at or below `pages`."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(page__path__startswith=page.path)
    counted = rows.filter(below).order_by("page__title").values_list("page__title", "page_id")
    return [(title, count) for title, _page, count in counted.annotate(count=Count("pk"))]


def reasons_to_keep(pages: Sequence[Page]) -> list[str]:
    """Return, for an editor, why `pages` with all below them may not be deleted: people have answered there."""
    reasons = [
        ngettext("%(count)d person has answered “%(form)s”.", "%(count)d people have answered “%(form)s”.", count)
        % {"count": count, "form": title}
        for title, count in _counted(Submission.objects.all(), pages)
    ]
    if reasons:
        return reasons
    return [
        _("Someone is filling in “%(form)s” and has uploaded a file. Drafts are kept for %(days)d days.")
        % {"form": title, "days": conf.COP_UPLOAD_DRAFT_DAYS}
        for title, _count in _counted(Upload.objects.filter(claimed_at__isnull=True), pages)
    ]
