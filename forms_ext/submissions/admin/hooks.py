"""Register forms in Wagtail's admin: the list of answers, their entry in Wagtail's own Forms menu, embedding."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page, PageQuerySet, get_page_models
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from ...base.admin import menu
from ...base.permissions import may
from .. import embedding
from ..models import EmbeddingSite, Submission
from ..pages import AbstractFormPage
from ..receivers import freeze_published
from . import urls
from .listing import submissions


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [
        path("cop/", include((urls.urlpatterns, urls.app_name))),
        path("cop/", include((urls.embedding, "cop_embedding"))),
    ]


def freeze_converted(request: HttpRequest, page: Page) -> None:
    """Freeze what a live form asks that is no alias any more."""
    freeze_published(type(page.specific), page.specific)


def hide_forms(user: Any, pages: PageQuerySet[Any]) -> PageQuerySet[Any]:
    """Hide forms from Wagtail's Forms menu if `user` may not read their answers, or another package has them."""
    allowed = may(user, "view", Submission)
    hidden = [
        model
        for model in get_page_models()
        if issubclass(model, AbstractFormPage) and not (allowed and model.answers_are_submissions)
    ]
    return pages.exclude(content_type__in=ContentType.objects.get_for_models(*hidden).values())


class EmbeddingSites(SnippetViewSet):
    """The websites that may show our forms."""

    model = EmbeddingSite
    icon = "site"
    list_display = ["origin", "note"]


class EmbeddingMenuItem(MenuItem):
    """Shown to those who may read the list of websites."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, "view", EmbeddingSite)


def embedding_menu_item() -> MenuItem:
    """Return the entry of the menu."""
    return EmbeddingMenuItem(
        _("Embedded forms"), reverse("cop_embedding:index"), name="embedded-forms", icon_name="code", order=192
    )


def embedding_buttons(page: Page, user: Any, next_url: str | None = None, **kwargs: Any) -> Iterator[Button]:
    """Return what an editor finds beside a published form: its code for other websites."""
    if embedding.may_be_framed(page) and may(user, "view", EmbeddingSite):
        url = reverse("cop_embedding:code", args=[page.pk])
        yield Button(_("Code for other websites"), url, icon_name="code", priority=24)


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    submissions.register_with_wagtail()
    register_snippet(EmbeddingSites)
    menu.register(submissions.get_menu_item)
    menu.register(embedding_menu_item)
    hooks.register("register_page_listing_more_buttons", embedding_buttons)
    hooks.register("register_page_header_buttons", embedding_buttons)
    hooks.register("on_serve_page", embedding.keep_tokens_apart)
    hooks.register("register_admin_urls", admin_urls)
    hooks.register("filter_form_submissions_for_user", hide_forms)
    hooks.register("after_convert_alias_page", freeze_converted)
