"""Register programs in Wagtail's admin."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from cop_program.models.program import was_public

from ...base.admin import menu
from ...base.permissions import may
from ...registration.models import Registration
from . import urls
from .edition_views import is_program_page


class ProgramsMenuItem(MenuItem):
    """A menu entry for users who run programs."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, "manage", Registration)


def programs_menu_item() -> MenuItem:
    """Return the entry of the menu."""
    label = _("All programs") if menu.is_grouped() else _("Programs")
    return ProgramsMenuItem(
        label, reverse("cop_programs:programs"), name="programs", icon_name="calendar-alt", order=140
    )


def edition_buttons(page: Page, user: Any, next_url: str | None = None, **kwargs: Any) -> Iterator[Button]:
    """Return an editor's buttons of a program page: *New edition*, or *What to check* for a draft."""
    if not is_program_page(page):
        return
    allowed = page.permissions_for_user(user)
    if was_public(page) and allowed.can_copy():
        url = reverse("cop_programs:new_edition", args=[page.pk])
        yield Button(_("New edition"), url, icon_name="copy", priority=22)
    elif not was_public(page) and allowed.can_edit():
        url = reverse("cop_programs:checklist", args=[page.pk])
        yield Button(_("What to check"), url, icon_name="glasses", priority=22)


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [path("cop/", include((urls.urlpatterns, urls.app_name)))]


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    hooks.register("register_admin_urls", admin_urls)
    menu.register(programs_menu_item)
    hooks.register("register_page_listing_more_buttons", edition_buttons)
    hooks.register("register_page_header_buttons", edition_buttons)
