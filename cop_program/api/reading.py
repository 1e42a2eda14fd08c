"""Read the document of a program in at most three queries; its ETag shows whether anything in it changed.

The queries return raw rows. The page, its document and the ETag are made once for identical rows and kept in this
process. What changes with the clock alone, the standing, is read again each time. So the ETag is always the hash of the
body, and a request that finds nothing new costs only the queries.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import translation

from .. import access
from ..extensions import Standing, provider
from ..models import ProgramPage
from . import rows
from .document import Surroundings, build
from .statements import KEY, Row

KEPT = 128


@dataclass(frozen=True)
class Body:
    """A document as it is sent, with its strong ETag."""

    content: bytes
    etag: str


def find(request: HttpRequest, pk: int) -> Body | None:
    """Return the public document of the program page `pk`; None if it is not live, restricted or of another site."""
    if (read := state(request, pk)) is None:
        return None
    page, values = _page(read.found.compiled, read.found.row)
    with translation.override(values["cop_language"] or "en"):
        return _settled(read) or _encoded(_build(read.found, page, read.standing, read.around)[0])


def state(request: HttpRequest, pk: int) -> "State | None":
    """Return all that the document of the page `pk` is made of; None if `find` finds none."""
    around, roots = surroundings(request)
    found = _rows(pk, roots) if roots else None
    if found is None:
        return None
    page, values = _page(found.compiled, found.row)
    with translation.override(values["cop_language"] or "en"):
        return State(found, _standing(page, values, around), around)


def of_page(page: ProgramPage, request: HttpRequest | None) -> dict[str, Any]:
    """Return the document of `page` as it is in memory (also a draft), for callers that have the page.

    It covers the pages below and beside it that `request` may see.
    """
    around, roots = surroundings(request)
    found = _rows(page.pk, None, below_roots=roots, shut=access.shut(request))
    if found is None:
        return {}
    values = found.compiled.values(found.row)
    with translation.override(values["cop_language"] or "en"):
        return _build(found, page, _standing(page, values, around), around)[0]


def with_standing(pages: QuerySet[ProgramPage], around: Surroundings) -> list[tuple[ProgramPage, Standing]]:
    """Return `pages`, each with its standing; one query."""
    queryset, names = rows.with_extra(pages)
    found = [dict(zip(names, row, strict=True)) for row in queryset]
    return [(page, _standing(page, values, around)) for values in found for page in [rows.as_page(values)]]


def surroundings(request: HttpRequest | None) -> tuple[Surroundings, tuple[str, ...] | None]:
    """Return where a document is read, and the URL paths below which pages may be mentioned there (None: all)."""
    sites = rows.site_statement().run()
    roots = rows.site_roots(sites)
    if request is None:
        return Surroundings(roots[0].root_url if roots else "", roots), None
    site = rows.site_of(request, sites)
    mine = tuple(root for root in roots if root.site_id == site)
    others = tuple(root for root in roots if root.site_id != site)
    around = Surroundings(f"{request.scheme}://{request.get_host()}", mine + others)
    return around, tuple(root.root_path for root in mine)


@dataclass(frozen=True)
class Found:
    """The rows of a document; equal if the database has the same."""

    compiled: rows.Compiled
    row: Row
    compiled_below: rows.Compiled
    below: tuple[Row, ...]


@dataclass(frozen=True)
class State:
    """The rows of a document, how the program stands now, and where it is read; equal if the document is."""

    found: Found
    standing: Standing
    around: Surroundings


def _rows(
    pk: int,
    roots: tuple[str, ...] | None,
    *,
    below_roots: tuple[str, ...] | None = None,
    shut: tuple[str, ...] | None = None,
) -> Found | None:
    compiled = rows.page_statement(roots, provider())
    found = compiled.statement.run({KEY: pk})
    if not found:
        return None
    return Found(compiled, found[0], *rows.below(compiled, found[0], roots or below_roots, shut))


@lru_cache(maxsize=4 * KEPT)
def _address(around: Surroundings, url_path: str) -> str:
    return around.page(url_path)


def _standing(page: ProgramPage, values: Mapping[str, Any], around: Surroundings) -> Standing:
    if values["cop_program"] is None:
        return Standing()
    asked = {name.removeprefix(rows.ASKED): value for name, value in values.items() if name.startswith(rows.ASKED)}
    return provider().standing(page, values["cop_status"], asked, partial(_address, around))


def _build(found: Found, page: ProgramPage, standing: Standing, around: Surroundings) -> tuple[dict[str, Any], bool]:
    below = [found.compiled_below.values(row) for row in found.below]
    return build(page, found.compiled.values(found.row), below, standing, around)


@lru_cache(maxsize=KEPT)
def _page(compiled: rows.Compiled, row: Row) -> tuple[ProgramPage, dict[str, Any]]:
    values = compiled.values(row)
    return rows.as_page(values), values


@lru_cache(maxsize=KEPT)
def _settled(read: State) -> Body | None:
    """Return what the rows alone determine, or None."""
    page, _values = _page(read.found.compiled, read.found.row)
    document, is_settled = _build(read.found, page, read.standing, read.around)
    return _encoded(document) if is_settled else None


def _encoded(document: dict[str, Any]) -> Body:
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Body(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
