"""Keeps pages under which people have applied: refuses their deletion, one by one, in bulk and with an ancestor."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from .extensions import provider


@hooks.register("before_delete_page")
def keep_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to delete `page` where somebody's application hangs on it."""
    return _refuse(request, [page])


@hooks.register("before_bulk_action")
def keep_pages(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Refuse to delete many at once where somebody's application hangs on one of them."""
    pages = [one for one in objects if isinstance(one, Page)]
    return _refuse(request, pages) if action_type == "delete" and pages else None


def _refuse(request: HttpRequest, pages: Sequence[Page]) -> HttpResponse | None:
    reasons = provider().reasons_to_keep(pages)
    if not reasons:
        return None
    messages.error(request, " ".join([*reasons, _("Unpublish the page instead.")]))
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk) if parent else redirect("wagtailadmin_explore_root")
