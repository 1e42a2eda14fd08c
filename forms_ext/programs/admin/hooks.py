"""Register programs in Wagtail's admin."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from cop_program import session_records
from cop_program.models import SessionPage
from cop_program.models.program import was_public

from ...base.admin import menu
from ...base.permissions import may
from ...registration.models import Registration
from . import urls
from .edition_views import is_program_page
from .notices import changes_context


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


def announce_changes(request: HttpRequest, page: Page) -> None:
    """Tell an editor who has published, unpublished or deleted a session that the members will be told."""
    if not isinstance(page, SessionPage):
        return
    program = session_records.program_of(page)
    context = changes_context(program, request.user, "") if program else {}
    if context.get("changes"):
        n, when = context["members"], context["due_at"]
        text = ngettext(
            "%(n)d member will be emailed what has changed, if nothing more changes before %(when)s.",
            "%(n)d members will be emailed what has changed, if nothing more changes before %(when)s.",
            n,
        )
        buttons = [
            messages.button(context["tell_changes_url"], _("Send now")),
            messages.button(context["dont_tell_url"], _("Don't tell")),
        ]
        messages.info(request, text % {"n": n, "when": when}, buttons=buttons)


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    hooks.register("register_admin_urls", admin_urls)
    menu.register(programs_menu_item)
    for hook in ("after_publish_page", "after_unpublish_page", "after_delete_page"):
        hooks.register(hook, announce_changes)
    hooks.register("register_page_listing_more_buttons", edition_buttons)
    hooks.register("register_page_header_buttons", edition_buttons)
