"""Register registrations in Wagtail's admin: their list and their pages."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks

from ...base import person as people
from ...base.admin import menu
from ...ledger import deposits
from . import deposit, person, urls
from .listing import registrations


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [path("cop/", include((urls.urlpatterns, urls.app_name)))]


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    registrations.register_with_wagtail()
    menu.register(registrations.get_menu_item)
    hooks.register("register_admin_urls", admin_urls)
    people.register(person.panel)
    deposits.register(deposit.unpaid)
