"""Register admission in Wagtail's admin: the list of applications, the pages of people, bulk decisions."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks

from ...base.admin import menu
from . import bulk, urls
from .listing import applications


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [path("cop/", include((urls.urlpatterns, urls.app_name)))]


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    applications.register_with_wagtail()
    menu.register(applications.get_menu_item)
    hooks.register("register_admin_urls", admin_urls)
    bulk.connect()
