"""The mail in Wagtail's admin: templates for editors, the email log for staff."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from ...base.admin import menu
from . import bulk, urls, views
from .listing import email_log


class TemplatesMenuItem(MenuItem):
    """A menu entry for users who may read or change email templates."""

    def is_shown(self, request: HttpRequest) -> bool:
        return views.may_read(request.user)


class UnusedTextsPanel(Component):
    """On the first page of the admin: the texts that are not sent, because a private link could get to others."""

    order = 10
    template_name = "forms_ext/mail/admin/_unused.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"unused": views.unused_texts()}


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put the panel first on the home page, for users who may read the texts."""
    if views.may_read(request.user):
        panels.append(UnusedTextsPanel())


def view_permissions() -> QuerySet[Permission]:
    """Return the permissions that an administrator can give to a group."""
    return Permission.objects.filter(
        content_type__app_label="forms_ext",
        codename__in=["view_mailtemplate", "change_mailtemplate"],
    )


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [path("cop-mail/", include((urls.urlpatterns, urls.app_name)))]


def templates_menu_item() -> MenuItem:
    """Return the entry of the menu."""
    return TemplatesMenuItem(
        _("Email templates"), reverse("forms_ext_mail:templates"), name="mail-templates", icon_name="mail", order=195
    )


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    hooks.register("register_admin_urls", admin_urls)
    menu.register(templates_menu_item)
    menu.register(email_log.get_menu_item)
    hooks.register("construct_homepage_panels", add_panel)
    email_log.register_with_wagtail()
    bulk.connect()
    hooks.register("register_permissions", view_permissions)
