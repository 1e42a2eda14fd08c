"""A site's own page types are allowed wherever the page types they inherit from are."""

from collections.abc import Iterable
from typing import Any

from wagtail.models import get_page_models


def with_heirs(kinds: Iterable[type[Any]]) -> list[type[Any]]:
    """Return `kinds` and all page types derived from them."""
    return list(dict.fromkeys(one for kind in kinds for one in get_page_models() if issubclass(one, kind)))


class Family:
    """A page whose `parent_page_types` and `subpage_types` include types derived from the listed ones."""

    @classmethod
    def clean_parent_page_models(cls) -> list[type[Any]]:
        return with_heirs(super().clean_parent_page_models())  # type: ignore[misc]

    @classmethod
    def clean_subpage_models(cls) -> list[type[Any]]:
        return with_heirs(super().clean_subpage_models())  # type: ignore[misc]
