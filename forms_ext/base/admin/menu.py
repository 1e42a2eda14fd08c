"""Our entries in the admin's menu: below one entry, *Programs*, or at its top level (COP_MENU)."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from ..conf import FLAT, conf

HOOK = "register_cop_menu_item"


class ProgramsMenu(Menu):
    """The entries of all packages, made anew for each request: their labels are in its language."""

    @property
    def registered_menu_items(self) -> list[MenuItem]:
        return [make() for make in hooks.get_hooks(HOOK)]


class ProgramsEntry(SubmenuMenuItem):
    """The one entry; shown to those who may see one of ours."""

    def is_shown(self, request: HttpRequest) -> bool:
        return is_grouped() and super().is_shown(request)


programs = ProgramsMenu(HOOK)


def is_grouped() -> bool:
    """Tell whether our entries are below one of the main menu."""
    return conf.COP_MENU != FLAT


def register(make: Callable[[], MenuItem]) -> None:
    """Add the entry that `make` returns to our menu."""
    hooks.register(HOOK, make)


def entry() -> MenuItem:
    """Return the one entry of the main menu."""
    return ProgramsEntry(_("Programs"), programs, name="cop", icon_name="calendar-alt", order=140)


def flatten(request: HttpRequest, items: list[MenuItem]) -> None:
    """Put our entries at the top level if the settings say so."""
    if not is_grouped():
        items += programs.menu_items_for_request(request)


def connect() -> None:
    """Register our menu in the admin; called from `forms_ext/wagtail_hooks.py`."""
    hooks.register("register_admin_menu_item", entry)
    hooks.register("construct_main_menu", flatten, order=-1)  # a site's own hooks find them there
