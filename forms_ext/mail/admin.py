"""The mail in Wagtail's admin: templates for editors, the outbox for staff."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import urls
from .outbox import outbox


class TemplatesMenuItem(MenuItem):
    """Shown to those who may change mails."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("forms_ext.view_mailtemplate") or request.user.has_perm(
            "forms_ext.change_mailtemplate"
        )


def view_permissions() -> QuerySet[Permission]:
    """Return what an administrator can give a group in the settings."""
    return Permission.objects.filter(
        content_type__app_label="forms_ext",
        codename__in=["view_mailtemplate", "change_mailtemplate"],
    )


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of this room below the admin."""
    return [path("cop-mail/", include((urls.urlpatterns, urls.app_name)))]


def templates_menu_item() -> MenuItem:
    """Return the entry of the main menu."""
    return TemplatesMenuItem(
        _("Mail templates"), reverse("forms_ext_mail:templates"), name="mail-templates", icon_name="mail", order=195
    )


def connect() -> None:
    """Register what this room has in the admin; called from `forms_ext/wagtail_hooks.py`."""
    hooks.register("register_admin_urls", admin_urls)
    hooks.register("register_admin_menu_item", templates_menu_item)
    outbox.register_with_wagtail()
    hooks.register("register_permissions", view_permissions)
