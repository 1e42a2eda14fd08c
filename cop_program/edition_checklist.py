"""What an editor should check in a copied program, page by page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import get_month_names
from django.db import models
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from wagtail.models import Page

from . import formatting, locales
from .clock import now
from .deadlines import KINDS
from .locales import babel_locale
from .models import ProgramPage

#: Fields of every Wagtail page that readers or search engines see; the others are internal.
OF_EVERY_PAGE = {"title", "slug", "seo_title", "search_description"}


@dataclass(frozen=True)
class CheckItem:
    """One thing to check: what it is, its page, and where to change it."""

    text: str
    where: str
    url: str


def of_program(page: ProgramPage) -> list[CheckItem]:
    """Return what to look at on `page` and on each page below it, as their newest drafts are."""
    found = []
    language = page.locale.language_code
    for one in page.get_descendants(inclusive=True).specific():
        draft = one.get_latest_revision_as_object()
        url = reverse("wagtailadmin_pages:edit", args=[one.pk])
        dates = of_texts(draft, years=years_of(page), language=language)
        texts = [*_of_page(draft), *dates, *of_links(draft, home=page)]
        found += [CheckItem(text, draft.title, url) for text in texts]
    return found


def years_of(page: ProgramPage) -> set[int]:
    """Return the years in which the program takes place: a text may name them."""
    return {day.year for day in (page.starts_on, page.ends_on) if day}


def _of_page(page: Page) -> Iterator[str]:
    if isinstance(page, ProgramPage):
        for kind in KINDS:
            deadline = page.deadline(kind)
            if deadline and deadline.closes_at <= now():
                field: Any = page._meta.get_field(f"{kind}_deadline")
                yield _("The %(name)s has passed: %(day)s.") % {
                    "name": field.verbose_name,
                    "day": formatting.day_text(deadline.day, locales.language()),
                }


def of_texts(instance: models.Model, *, years: set[int], language: str) -> Iterator[str]:
    """Return an item for each field of `instance` whose text, in `language`, has a date, or a year not in `years`."""
    for field, words in _texts(instance):
        if found := dates_in(words, years=years, language=language):
            what = ", ".join(f"“{one}”" for one in found)
            yield _("%(field)s contains a date or year: %(what)s") % {
                "field": capfirst(field.verbose_name),
                "what": what,
            }


def dates_in(text: str, *, years: set[int], language: str) -> list[str]:
    """Return the days and the years, other than `years`, that `text` names in `language`, each once."""
    found = [
        Truncator(match.group().strip()).chars(40)
        for match in _pattern(language).finditer(text)
        if not (match.group().isdecimal() and int(match.group()) in years)
    ]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=16)
def _pattern(language: str) -> re.Pattern[str]:
    """Return a pattern for 2024-01-30, 30.1.2024, 30 January, 30. Januar, January 30th 2024, and years."""
    locale = babel_locale(language)
    month = "|".join(
        re.escape(name.removesuffix("."))
        for spoken in (locale, Locale(locale.language))  # Sept and Sep
        for width in ("wide", "abbreviated")
        for name in get_month_names(width, locale=spoken).values()
    )
    day, year = r"\d{1,2}(?:st|nd|rd|th|er|\.)?", r"(?:19|20)\d\d"
    return re.compile(
        rf"(?<!\d)(?:{year}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./](?:{year}|\d\d)"
        rf"|{day} (?:of |de )?(?:{month})\b(?:\.?,? (?:de )?{year})?"
        rf"|\b(?:{month})\.? {day}\b(?:,? {year})?|{year})(?!\d)"
    )


def of_links(instance: models.Model, *, home: Page) -> Iterator[str]:
    """Return an item for each link to the pages of a program other than `home`."""
    linked = {pk for field, model, pk in _references(instance) if issubclass(model, Page)}
    programs = list(ProgramPage.objects.exclude(pk=home.pk).values_list("path", "title")) if linked else []
    for page in Page.objects.filter(pk__in=linked).order_by("path"):
        if above := next((title for path, title in programs if page.path.startswith(path)), None):
            told = {"page": page.title, "program": above}
            yield (
                _("A link goes to “%(program)s”.") % told
                if page.title == above
                else _("A link goes to “%(page)s” in “%(program)s”.") % told
            )


def _fields(instance: models.Model) -> Iterator[Any]:
    for field in instance._meta.get_fields():
        if field.concrete and (
            not isinstance(instance, Page) or field.model is not Page or field.name in OF_EVERY_PAGE
        ):
            yield field


def _texts(instance: models.Model) -> Iterator[tuple[Any, str]]:
    for field in _fields(instance):
        value = getattr(instance, field.name, None)
        if not value or getattr(field, "choices", None) or isinstance(field, models.URLField):
            continue
        if reader := getattr(field, "get_searchable_content", None):
            yield field, " ".join(map(str, reader(value)))
        elif isinstance(field, models.CharField | models.TextField) and isinstance(value, str):
            yield field, value


def _references(instance: models.Model) -> Iterable[tuple[Any, type[models.Model], int]]:
    for field in _fields(instance):
        if reader := getattr(field, "extract_references", None):
            for model, pk, *_paths in reader(getattr(instance, field.name)):
                yield field, model, int(pk)
