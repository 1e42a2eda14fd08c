"""Pages in several languages: each has its own texts, and the figures of the source page.

Wagtail's own model: translations share a `translation_key` and differ by `locale`. A program's source page is that of
its row (`Program.page`). Before the row exists, it is the page that was created first.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from wagtail.models import Page

from . import access, locales

if TYPE_CHECKING:
    from .models import Program, ProgramPage


def are_on() -> bool:
    """Tell whether the site has pages in several languages."""
    return bool(getattr(settings, "WAGTAIL_I18N_ENABLED", False))


@contextmanager
def speaking(page: Page) -> Iterator[None]:
    """Activate the language of `page` inside, whatever language its URL names."""
    with translation.override(page.locale.language_code) if are_on() else translation.override(locales.language()):
        yield


def serve(page: Page, request: HttpRequest, respond: Callable[[], HttpResponse] | None = None) -> HttpResponse:
    """Answer for `page` in its own language at a URL without a language, if the visitor may see it (`access.answer`).

    `respond` makes the response if it is not the page itself.
    """
    with speaking(page):
        response: Any = access.answer(page, request, respond or (lambda: page.serve(request)))
        if hasattr(response, "render"):
            response.render()
    return response


def localized[AnyPage: Page](
    pages: Iterable[AnyPage],
    language: str = "",
    *,
    below: Page | None = None,
    request: HttpRequest | None = None,
    for_participants: bool = False,
) -> list[AnyPage]:
    """Return `pages`, each as its live translation into `language` (or the active one) if there is one; two queries.

    A translation is used if `request` may see it. With `for_participants`, it is used whatever its view restrictions:
    members have access in another way.
    """
    found = list(pages)
    language = language or locales.language()
    if not found or not are_on() or not translation.check_for_language(language):
        return found
    keys = [page.translation_key for page in found]
    there = type(found[0]).objects.live().filter(translation_key__in=keys, locale__language_code=language)
    if not for_participants:
        there = access.visible(there, request)
    if below is not None:
        there = there.child_of(below)
    by_key = {page.translation_key: page for page in there}
    return [by_key.get(page.translation_key, page) for page in found]


@dataclass(frozen=True)
class LanguageLink:
    """A page in one of its languages, which is called `name` in that language itself."""

    code: str
    name: str
    url: str
    is_current: bool


def links(page: Page, request: HttpRequest) -> list[LanguageLink]:
    """Return the addresses of `page` in its languages, itself among them; nothing if it stands in one alone."""
    if not are_on() or not page.pk or not getattr(page, "has_language_links", True):
        return []
    if request.path not in (urlsplit(page.get_url(request) or "").path, getattr(page, "posted_to", "")):
        return []
    there = Page.objects.live().filter(translation_key=page.translation_key).select_related("locale")
    if len(there) < 2:
        return []
    found = []
    for one in access.visible(there, request).order_by("pk"):
        code, url = one.locale.language_code, one.get_full_url(request)
        if url:
            name = translation.get_language_info(code)["name_local"]
            found.append(LanguageLink(code, name, url, is_current=one.pk == page.pk))
    return found if len(found) > 1 else []


def page_of(program: "Program", language: str = "") -> "ProgramPage":
    """Return the page of `program` in `language`, otherwise its source page. Use it for texts, not for figures."""
    language = language or locales.language()
    known = program.pages_by_language
    if language not in known:
        page = program.page
        if page.locale.language_code != language:
            (page,) = localized([page], language, for_participants=True)
        known[language] = page
    return known[language]


def title_of(program: "Program", language: str = "") -> str:
    """Return what `program` is called in `language`."""
    return str(page_of(program, language).title)
