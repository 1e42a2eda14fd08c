"""Register exports in Wagtail's admin: their URLs, and the permission to export."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks

from ...base.admin.listing import add_buttons
from . import buttons, urls


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [path("cop/", include((urls.urlpatterns, urls.app_name)))]


def permissions() -> QuerySet[Permission]:
    """Return the permission to export, for the page of a group."""
    return Permission.objects.filter(content_type__app_label="forms_ext", codename="add_export")


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    hooks.register("register_admin_urls", admin_urls)
    hooks.register("register_permissions", permissions)
    add_buttons(buttons.of_listing)
