"""What admission has in Wagtail's admin: the applications, their people, and decisions in bulk."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks

from . import bulk, staff_urls
from .register import applications


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of this room below the admin."""
    return [path("cop/", include((staff_urls.urlpatterns, staff_urls.app_name)))]


def connect() -> None:
    """Register what this room has in the admin; called from `forms_ext/wagtail_hooks.py`."""
    applications.register_with_wagtail()
    hooks.register("register_admin_urls", admin_urls)
    bulk.connect()
