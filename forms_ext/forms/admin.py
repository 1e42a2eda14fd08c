"""What forms have in Wagtail's admin: the register of answers, and their place in Wagtail's own Forms menu."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail.models import PageQuerySet, get_page_models

from ..base.registers import may
from . import staff_urls
from .models import AbstractFormPage, Submission
from .register import submissions


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of this room below the admin."""
    return [path("cop/", include((staff_urls.urlpatterns, staff_urls.app_name)))]


def hide_forms(user: Any, pages: PageQuerySet[Any]) -> PageQuerySet[Any]:
    """Keep out of Wagtail's Forms menu the forms whose answers `user` may not read, or that others keep."""
    allowed = may(user, "view", Submission)
    hidden = [
        model
        for model in get_page_models()
        if issubclass(model, AbstractFormPage) and not (allowed and model.answers_are_submissions)
    ]
    return pages.exclude(content_type__in=ContentType.objects.get_for_models(*hidden).values())


def connect() -> None:
    """Register what this room has in the admin; called from `forms_ext/wagtail_hooks.py`."""
    submissions.register_with_wagtail()
    hooks.register("register_admin_urls", admin_urls)
    hooks.register("filter_form_submissions_for_user", hide_forms)
