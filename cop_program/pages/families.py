"""What all our page types, and a site's own that inherit from them, have in common."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from wagtail.models import Revision, get_page_models

from .. import publication


def with_heirs(kinds: Iterable[type[Any]]) -> list[type[Any]]:
    """Return `kinds` and all page types derived from them."""
    return list(dict.fromkeys(one for kind in kinds for one in get_page_models() if issubclass(one, kind)))


class Family:
    """A page whose `parent_page_types` and `subpage_types` include types derived from the listed ones.

    It is published whole or not at all, by whatever way.
    """

    @classmethod
    def clean_parent_page_models(cls) -> list[type[Any]]:
        return with_heirs(super().clean_parent_page_models())  # type: ignore[misc]

    @classmethod
    def clean_subpage_models(cls) -> list[type[Any]]:
        return with_heirs(super().clean_subpage_models())  # type: ignore[misc]

    @classmethod
    def get_verbose_name(cls) -> str:
        """Return what editors call this page type; with its app, if a page type of another app has the same name."""
        name: str = super().get_verbose_name()  # type: ignore[misc]
        label = cls._meta.app_label  # type: ignore[attr-defined]
        others = (one._meta for one in get_page_models() if one._meta.app_label != label)
        if all(capfirst(one.verbose_name) != name for one in others):
            return name
        return f"{name} ({apps.get_app_config(label).verbose_name})"

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> None:
        """Publish `revision`. Raise ValidationError if it is incomplete.

        On a schedule nobody is there to be told: an incomplete one becomes a draft again (`publication.refuse`), so
        that the schedule of other pages goes on, and one that another process has published is left alone.
        """
        is_scheduled = kwargs.get("log_action") == publication.SCHEDULED
        try:
            publication.check(revision.as_object())
            with transaction.atomic():
                if not is_scheduled or publication.is_due(revision):
                    super().publish(revision, *args, **kwargs)  # type: ignore[misc]
        except ValidationError as error:
            if not is_scheduled:
                raise
            publication.refuse(self, revision, error)
