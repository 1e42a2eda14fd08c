"""What registration has in Wagtail's admin: the programs and the register of registrations."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from ..base.registers import may
from . import staff_urls
from .models import Registration
from .register import registrations


class ProgramsMenuItem(MenuItem):
    """Shown to those who run programs."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, "manage", Registration)


def programs_menu_item() -> MenuItem:
    """Return the entry of the main menu."""
    return ProgramsMenuItem(
        _("Programs"), reverse("cop_registration:programs"), name="programs", icon_name="calendar-alt", order=140
    )


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of this room below the admin."""
    return [path("cop/", include((staff_urls.urlpatterns, staff_urls.app_name)))]


def connect() -> None:
    """Register what this room has in the admin; called from `forms_ext/wagtail_hooks.py`."""
    registrations.register_with_wagtail()
    hooks.register("register_admin_urls", admin_urls)
    hooks.register("register_admin_menu_item", programs_menu_item)
