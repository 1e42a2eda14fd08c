"""Cards of programs and facilitators: everything that they show, in a few queries however many there are."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from .. import access, locales, translations
from ..extensions import Standing, provider
from .context import FacilitatorLine, ProgramLine, days_text, is_over

#: As `program_list.html` and `person.html` write them.
HERO, PORTRAIT = "fill-960x400", "fill-480x480"
PREFIX = "cop_of_"


def programs(model: type[Page], keys: Iterable[int]) -> QuerySet[Any]:
    """Return program pages, of the type `model`, with what their cards need."""
    program = model._meta.get_field("cop_program_row").related_model.objects.filter(
        translation_key=OuterRef("translation_key")
    )
    asked = {f"{PREFIX}{name}": expression for name, expression in provider().annotations().items()}
    status = Subquery(program.values("status")[:1])
    return _pages(model.objects.filter(pk__in=keys), "hero_image", HERO).annotate(cop_status=status, **asked)


def facilitators(model: type[Page], keys: Iterable[int]) -> QuerySet[Any]:
    """Return facilitator pages, of the type `model`, with what their cards need."""
    return _pages(model.objects.filter(pk__in=keys), "portrait", PORTRAIT)


def _pages(pages: "QuerySet[Any]", picture: str, size: str) -> "QuerySet[Any]":
    pictures = Prefetch(picture, queryset=get_image_model().objects.prefetch_renditions(size))
    is_public = ExpressionWrapper(access.unrestricted(), output_field=BooleanField())
    return pages.select_related("locale").prefetch_related(pictures).annotate(cop_is_public=is_public)


def program_lines(model: type[Page], pages: Sequence[Page | None], request: HttpRequest | None) -> list[ProgramLine]:
    """Return the cards of those `pages` that the reader may see."""
    language = locales.language()
    lines = []
    for page in _shown(pages, request, partial(programs, model)):
        standing = _standing(page, request)
        lines.append(ProgramLine(page, days_text(page, language), standing.next_step, standing.places, is_over(page)))
    return lines


def facilitator_lines(
    model: type[Page], pages: Sequence[Page | None], request: HttpRequest | None
) -> list[FacilitatorLine]:
    """Return the cards of those `pages` that the reader may see."""
    return [
        FacilitatorLine(page, provider().contact_url(page))
        for page in _shown(pages, request, partial(facilitators, model))
    ]


def _shown(pages: Sequence[Page | None], request: HttpRequest | None, load: Any) -> list[Any]:
    """Return those of `pages` that are live, open to the reader and on the site, each once and in their order.

    A page with a translation into the active language is replaced by it.
    """
    chosen: dict[int, Any] = {page.pk: page for page in pages if page is not None}
    if any(not hasattr(page, "cop_is_public") for page in chosen.values()):  # the preview of what an editor just chose
        found = load(chosen).in_bulk()
        chosen = {pk: found[pk] for pk in chosen if pk in found}
    language = locales.language()
    if translations.are_on() and any(page.locale.language_code != language for page in chosen.values()):
        keys = [page.pk for page in translations.localized(chosen.values(), language, request=request)]
        found = load(keys).in_bulk()
        chosen = {pk: found[pk] for pk in keys if pk in found}
    roots = _roots(request)
    here = [page for page in chosen.values() if page.live and page.url_path.startswith(roots)]
    return [page for page in here if page.cop_is_public or access.is_open(page, request)]


def _roots(request: HttpRequest | None) -> tuple[str, ...]:
    """Return the url paths below which the site of the request lives, in each language; of all sites without one."""
    site = Site.find_for_request(request) if request else None
    return tuple(root.root_path for root in Site.get_site_root_paths() if site is None or root.site_id == site.pk)


def _standing(page: Any, request: HttpRequest | None) -> Standing:
    if page.cop_status is None:
        return Standing()
    values = {name.removeprefix(PREFIX): value for name, value in vars(page).items() if name.startswith(PREFIX)}
    return provider().standing(page, page.cop_status, values, lambda path: Page(url_path=path).get_url(request) or "")
