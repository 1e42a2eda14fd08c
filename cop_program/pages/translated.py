"""What the translations of a page share: figures that are edited only on the source page."""

from typing import Any

from django.db import models
from wagtail.models import Page

from .. import translations
from .families import Family


class Translated(Family, Page):
    """A page whose translations take the values of `shared_fields` from their source page."""

    page_ptr = models.OneToOneField(
        Page, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="%(app_label)s_%(class)s"
    )

    #: Figures, dates and private links: edited only on the source page.
    shared_fields: tuple[str, ...] = ()
    #: True while the editor saves a draft: it may lack what publishing asks for.
    is_unfinished = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the figures of the source page, whatever was edited."""
        if kwargs.get("update_fields") is None and not self._state.adding:
            self.follow_source()
        super().save(*args, **kwargs)

    def source_page(self) -> Any:
        """Return the page whose figures this one has, None if they are its own."""
        if not translations.are_on() or not self.shared_fields:
            return None
        first = self.first_of(type(self).objects.filter(translation_key=self.translation_key))
        return first if first is not None and first.pk != self.pk else None

    def first_of(self, pages: Any) -> Any:
        """Return which of `pages`, all translations of each other, is the source."""
        return pages.filter(alias_of=None).order_by("pk").first()

    def follow_source(self) -> None:
        """Take the figures of the source page."""
        if source := self.source_page():
            for name in self.shared_fields:
                setattr(self, name, getattr(source, name))

    def with_content_json(self, content: Any) -> Any:
        """Return a draft with the figures that the source page has now."""
        page = super().with_content_json(content)
        page.follow_source()
        return page

    def lead_translations(self) -> None:
        """Copy the figures of this page to its translations; do nothing if it is a translation itself."""
        if not translations.are_on() or not self.shared_fields or self.source_page() is not None:
            return
        others = type(self).objects.filter(translation_key=self.translation_key, alias_of=None).exclude(pk=self.pk)
        for page in others:
            page.save(clean=False)
