"""The raw rows that a program's document is made of, in two queries, whatever the program contains.

The rows stay as the database returns them and are hashable. What was made from them (a page, a document, its ETag) is
looked up by them, and so cannot be out of date.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.http.request import split_domain_port
from wagtail.fields import StreamField
from wagtail.models import Page, Site
from wagtail.models.sites import SiteRootPath

from ..access import below_paths, unrestricted
from ..extensions import Provider, provider
from ..models import Program, ProgramFacilitator, ProgramPage
from .statements import DEPTH, FIRST, KEY, LAST, Row, Statement, key

IMAGE = ("id", "title", "file", "width", "height")
BELOW = {
    "pk": "pk",
    "title": "title",
    "slug": "slug",
    "url_path": "url_path",
    "content_type": "content_type__model",
    "starts_at": "cop_program_sessionpage__starts_at",
    "ends_at": "cop_program_sessionpage__ends_at",
    "is_cancelled": "cop_program_sessionpage__is_cancelled",
    "description": "cop_program_sessionpage__description",
    "role": "cop_program_facilitatorpage__role",
    "organization": "cop_program_facilitatorpage__organization",
    "credentials": "cop_program_facilitatorpage__credentials",
    "biography": "cop_program_facilitatorpage__biography",
    "website": "cop_program_facilitatorpage__website",
    **{f"portrait_{name}": f"cop_program_facilitatorpage__portrait__{name}" for name in IMAGE},
}
PAGE_LINK = re.compile(r'<a\b[^>]*\blinktype=\\?"page\\?"[^>]*>')
LINK_ID = re.compile(r'\bid=\\?"(\d+)\\?"')
CHOSEN_PAGE = re.compile(r'"(?:page|value)": ?(\d+)')  # of one page, or of an item in a list of teasers

NAMES_BELOW = (*BELOW, "is_person")
#: Prefixes of the columns selected besides the page's own.
STREAM, ASKED = "cop_raw_", "cop_of_"


def below_roots(roots: Iterable[str]) -> Q:
    """Return the condition that a page is below one of the URL paths `roots`."""
    condition = Q(pk__in=[])
    for root in roots:
        condition |= Q(url_path__startswith=root)
    return condition


def admissible(roots: tuple[str, ...] | None) -> Q:
    """Return the condition that everyone may read a page, and that it stands on one of `roots` (None: anywhere)."""
    return unrestricted() if roots is None else below_roots(roots) & unrestricted()


def public(roots: tuple[str, ...]) -> QuerySet[ProgramPage]:
    """Return the program pages that everyone may read."""
    return ProgramPage.objects.live().filter(admissible(roots)).order_by("pk")


# The page of a program ---------------------------------------------------------------------------


@cache
def _columns() -> tuple[list[str], dict[str, Any]]:
    """Return the columns of a program page: plain ones, and streams as their stored text."""
    fields = ProgramPage._meta.concrete_fields
    streams = [field.attname for field in fields if isinstance(field, StreamField)]
    plain = [field.attname for field in fields if not isinstance(field, StreamField)]
    return plain, {f"{STREAM}{name}": Cast(name, TextField()) for name in streams}


def _extra() -> dict[str, Any]:
    program = Program.objects.filter(translation_key=OuterRef("translation_key"))
    return {
        "cop_program": Subquery(program.values("pk")[:1]),
        "cop_capacity": Subquery(program.values("capacity")[:1]),
        "cop_status": Subquery(program.values("status")[:1]),
        "cop_language": F("locale__language_code"),
        **{f"cop_image_{name}": F(f"hero_image__{name}") for name in IMAGE},
        **{f"{ASKED}{name}": expression for name, expression in provider().annotations().items()},
    }


def with_extra(pages: QuerySet[ProgramPage]) -> tuple["QuerySet[Any]", tuple[str, ...]]:
    """Return the rows of `pages` with all that a document needs of the page itself, and the names of its columns."""
    plain, streams = _columns()
    extra = _extra()
    names = (*plain, *(name.removeprefix(STREAM) for name in streams), *extra)
    return pages.annotate(**streams, **extra).values_list(*plain, *streams, *extra), names


@dataclass(frozen=True, eq=False)
class Compiled:
    """A statement and the names of its columns."""

    statement: Statement
    names: tuple[str, ...]

    def values(self, row: Row) -> dict[str, Any]:
        """Return the values of `row` by name."""
        return dict(zip(self.names, self.statement.read(row), strict=True))


@lru_cache(maxsize=32)
def page_statement(roots: tuple[str, ...] | None, asked: Provider) -> Compiled:
    """Return the statement that reads the row of one page: a public one below `roots`, or any."""
    pages = ProgramPage.objects.all() if roots is None else public(roots)
    queryset, names = with_extra(pages.filter(pk=KEY))
    return Compiled(Statement(queryset), names)


def as_page(values: Mapping[str, Any]) -> ProgramPage:
    """Return the page with the columns in `values`, without a query."""
    names = [field.attname for field in ProgramPage._meta.concrete_fields]
    return ProgramPage.from_db("default", names, [values[name] for name in names])


# What stands below and beside it -------------------------------------------------------------------


@lru_cache(maxsize=64)
def below_statement(roots: tuple[str, ...] | None, links: int, shut: tuple[str, ...] | None) -> Compiled:
    """Return the statement for live sessions, facilitators and the `links` pages that texts link to.

    Pages below the paths `shut` are left out; None leaves out all pages with a view restriction.
    """
    mine = ProgramFacilitator.objects.filter(page_id=KEY)
    rank = mine.filter(facilitator=OuterRef("pk"))
    sessions = Q(path__range=(FIRST, LAST), depth=DEPTH, cop_program_sessionpage__isnull=False)
    people = Q(pk__in=mine.values("facilitator_id"))
    linked = Q(pk__in=[key(number) for number in range(links)])
    ordered = (
        Page.objects.live()
        .filter(admissible(roots) if shut is None else below_roots(roots or ("/",)) & ~below_paths(shut))
        .filter(sessions | people | linked)
        .annotate(
            cop_is_person=ExpressionWrapper(people, output_field=BooleanField()),
            cop_rank=Subquery(rank.values("sort_order")[:1], output_field=IntegerField()),
            cop_row=Subquery(rank.values("pk")[:1], output_field=IntegerField()),
        )
        .order_by("cop_program_sessionpage__starts_at", "cop_rank", "cop_row", "pk")
    )
    return Compiled(Statement(ordered.values_list(*BELOW.values(), "cop_is_person")), NAMES_BELOW)


def below(
    compiled: Compiled, row: Row, roots: tuple[str, ...] | None, shut: tuple[str, ...] | None = None
) -> tuple[Compiled, tuple[Row, ...]]:
    """Return the rows below and beside the page of `row`; one query."""
    names = compiled.names
    linked = sorted(_linked(row))
    statement = below_statement(roots, len(linked), shut)
    first, last = Page._get_children_path_interval(row[names.index("path")])
    values: dict[Any, Any] = {
        KEY: row[names.index("id")],
        DEPTH: row[names.index("depth")] + 1,
        FIRST: first,
        LAST: last,
        **{key(number): pk for number, pk in enumerate(linked)},
    }
    return statement, statement.statement.run(values)


def _linked(row: Row) -> set[int]:
    """Return the pages that texts, buttons and cards of a program link to."""
    found: set[int] = set()
    for text in row:
        if isinstance(text, str) and ("linktype" in text or '"page' in text):
            found |= {int(number) for tag in PAGE_LINK.findall(text) for number in LINK_ID.findall(tag)}
            found |= {int(number) for number in CHOSEN_PAGE.findall(text)}
    return found


# The site ----------------------------------------------------------------------------------------


@cache
def site_statement() -> Statement:
    """Return the statement for the sites, in Wagtail's order of their roots; a root's translations have no site pk."""
    site = "sites_rooted_here__"
    roots = Page.objects.filter(translation_key__in=Site.objects.values("root_page__translation_key"))
    fields = (*(f"{site}{name}" for name in ("pk", "hostname", "port", "is_default_site")), "url_path")
    ordered = roots.order_by("-url_path", f"-{site}is_default_site", f"{site}hostname")
    return Statement(ordered.values_list(*fields, "locale__language_code", "translation_key"))


def site_roots(sites: tuple[Row, ...]) -> tuple[SiteRootPath, ...]:
    """Return the roots of all sites like `Site.get_site_root_paths`, but never cached."""
    are_translated = getattr(settings, "WAGTAIL_I18N_ENABLED", False)
    roots = []
    for pk, hostname, port, _default, url_path, language, thing in sites:
        if pk is not None:
            url = Site(hostname=hostname, port=port).root_url
            roots.append(SiteRootPath(pk, url_path, url, language))
            others = [row for row in sites if row[0] is None and row[6] == thing and are_translated]
            roots += [SiteRootPath(pk, row[4], url, row[5]) for row in others]
    return tuple(roots)


def site_of(request: HttpRequest, sites: tuple[Row, ...]) -> int | None:
    """Return which of `sites` the request is for, as `Site.find_for_request` would."""
    host: str = request._get_raw_host()  # type: ignore[attr-defined]  # as Wagtail: whatever ALLOWED_HOSTS says
    hostname, port = split_domain_port(host)[0], int(request.get_port())
    sites = tuple(site[:4] for site in sites if site[0] is not None and (site[1] == hostname or site[3]))
    exact = [pk for pk, name, at, _default in sites if (name, at) == (hostname, port)]
    default = [pk for pk, name, _at, is_default in sites if is_default and name == hostname]
    others = [pk for pk, _name, _at, is_default in sites if not is_default]
    if exact or default:
        return (exact or default)[0]
    if len(sites) == 2 and len(others) == 1:
        return others[0]
    return next((pk for pk, _name, _at, is_default in sites if is_default), sites[0][0] if len(sites) == 1 else None)
