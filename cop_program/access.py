"""Decide who may see a page: one answer for every URL and every list of both apps.

A reader may see a page if it is live, belongs to the site of the request, and no view restriction of it or of a page
above it refuses the request. The rule is Wagtail's own (`Page.get_view_restrictions`): an alias has the restriction of
its source. If `request` is None, nothing is known of the reader, who then sees what is public.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Func, Q
from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page, PageViewRestriction, Site

KNOWN = "cop_shut"


class _IsRestricted(Func):
    """Whether a path is that of a page with a view restriction, of an alias of one, or of a page below either."""

    # Most sites have no restrictions. Checked first, once per statement, this avoids the check for each row.
    template = f"""CASE WHEN EXISTS (SELECT 1 FROM {PageViewRestriction._meta.db_table}) THEN EXISTS (
        WITH RECURSIVE shut(pk, path) AS (
            SELECT page.id, page.path FROM {Page._meta.db_table} page
            JOIN {PageViewRestriction._meta.db_table} restriction ON restriction.page_id = page.id
            WHERE page.alias_of_id IS NULL
            UNION
            SELECT page.id, page.path FROM {Page._meta.db_table} page JOIN shut ON page.alias_of_id = shut.pk
        )
        SELECT 1 FROM shut WHERE SUBSTR(%(expressions)s, 1, LENGTH(shut.path)) = shut.path
    ) ELSE FALSE END"""  # noqa: S608
    output_field = BooleanField()


def unrestricted() -> Q:
    """Return the condition, for one statement, that a page is open to everyone."""
    return ~Q(_IsRestricted("path"))


def shut(request: HttpRequest | None) -> tuple[str, ...]:
    """Return the paths of the pages that `request` may not see, nor anything below them; asked once a request."""
    known: tuple[str, ...] | None = getattr(request, KNOWN, None)
    if known is None:
        known = _shut(request)
        if request is not None:
            setattr(request, KNOWN, known)
    return known


def _shut(request: HttpRequest | None) -> tuple[str, ...]:
    own = PageViewRestriction.objects.filter(page__alias_of=None).select_related("page").prefetch_related("groups")
    found = {one.page_id: one.page.path for one in own if not _passes(one, request)}
    sources = set(found)
    while sources:
        aliases = dict(Page.objects.filter(alias_of__in=sources).values_list("pk", "path"))
        sources = set(aliases) - set(found)
        found |= aliases
    return tuple(sorted(found.values()))


def _passes(restriction: PageViewRestriction, request: HttpRequest | None) -> bool:
    """Tell whether `request` meets `restriction`; without a session and a user it meets none."""
    is_known = hasattr(request, "session") and hasattr(request, "user")
    return is_known and bool(restriction.accept_request(request))


def is_open(page: Page, request: HttpRequest | None) -> bool:
    """Tell whether no view restriction refuses `page` to `request`."""
    return not page.path or not page.path.startswith(shut(request))


def sees_more(request: HttpRequest) -> bool:
    """Tell whether `request` may see a page that is not public; no shared cache may keep such a response."""
    return shut(request) != shut(None)


def visible[Pages: Any](pages: Pages, request: HttpRequest | None) -> Pages:
    """Return those of the queryset `pages` that no view restriction refuses to `request`."""
    return pages.exclude(below_paths(shut(request))) if shut(request) else pages


def below_paths(paths: tuple[str, ...]) -> Q:
    """Match the pages with one of `paths`, and those below them."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition


def below(site: Site | None) -> Q:
    """Match the pages of `site` in all its languages."""
    return Q(pk__in=[]) if site is None else below_paths(_roots(site))


def stands_on(page: Page, site: Site | None) -> bool:
    """Tell whether `page` is one of `site`, in whatever language."""
    return site is not None and (page.path.startswith(site.root_page.path) or page.path.startswith(_roots(site)))


def _roots(site: Site) -> tuple[str, ...]:
    first = site.root_page
    is_translated = getattr(settings, "WAGTAIL_I18N_ENABLED", False)
    return first.path, *(first.get_translations().values_list("path", flat=True) if is_translated else ())


def may_see(page: Page, request: HttpRequest | None) -> bool:
    """Tell whether `request` could open `page` at its own address; without one, whether everyone could."""
    is_here = page.get_site() is not None if request is None else stands_on(page, Site.find_for_request(request))
    return page.live and is_here and is_open(page, request)


def answer(page: Page, request: HttpRequest, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer for `page` at one of our URLs as Wagtail does at the page's own; `respond` makes the response.

    Both kinds of Wagtail hooks run first. Readers without access get the password form or are sent to the login, and no
    cache keeps the responses of restricted pages.
    """

    def chain(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        return respond()

    for hook in reversed(hooks.get_hooks("on_serve_page")):
        chain = hook(chain)
    for hook in hooks.get_hooks("before_serve_page"):
        found = hook(page, request, [], {})
        if isinstance(found, HttpResponse):
            return found
    return chain(page, request, [], {})
