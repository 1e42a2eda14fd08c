"""Keep the rendered page of a program for visitors, as long as nothing on it has changed.

A kept page is looked up by the rows of the API's document (`api/reading.py`) and the standing, read again for each
visitor, by the reader's language, time zone and URL, and by the last entries of Wagtail's logs, which every change in
the admin adds to. It expires at the next instant at which the page changes: a deadline, the end of a session, the last
day. Nothing is kept for readers with a session or a login (editors have the user bar, and some readers may see more
than others: `access`), for pages with a form or with cards, or in a frame of the website (COP_BASE_TEMPLATE), which may
show more than the page.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.models import ModelLogEntry, PageLogEntry

from . import locales, reader, site_frame
from .api import reading
from .api.statements import Statement
from .blocks import FormBlock, TeasersBlock
from .clock import now
from .deadlines import Deadline
from .models import ProgramPage

KEPT = 128
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rendered:
    """A page as it was sent, true from `since` until just before `until`."""

    content: bytes
    since: datetime
    until: datetime


_kept: OrderedDict[Hashable, Rendered] = OrderedDict()
_lock = Lock()


def serve(page: ProgramPage, request: HttpRequest, render: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what `render` returns for `request`, or the same as it was returned before."""
    key, moment = _key(page, request), now()
    if key is None:
        return render()
    with _lock:
        if kept := _kept.get(key):
            _kept.move_to_end(key)
    if kept and kept.since <= moment < kept.until:
        return HttpResponse(kept.content)
    response = render()
    if isinstance(response, TemplateResponse):
        response.render()
        is_for_all = response.status_code == 200 and not response.cookies and not _has_token(request)
        if is_for_all:
            _keep(key, Rendered(response.content, moment, _until(page, response.context_data or {}, moment)))
    return response


def _key(page: ProgramPage, request: HttpRequest) -> Hashable:
    """Return what the page is made of, None if others may not be shown the same."""
    default = not settings.DEBUG and site_frame.base_template() == site_frame.OWN
    is_kept = getattr(settings, "COP_KEEP_PAGES", default) and type(page) is ProgramPage
    is_plain = request.method == "GET" and not set(request.GET) - {reader.PARAMETER}
    has_news = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & set(request.COOKIES)
    is_known = bool(has_news) or getattr(getattr(request, "user", None), "is_authenticated", False)
    is_visitor = not is_known and not getattr(request, "is_preview", False)
    if not (is_kept and is_plain and is_visitor) or _has_live_blocks(page):
        return None
    rows, logged = reading.state(request, page.pk), _log_statement().run()
    if rows is None or not logged:
        return None
    return rows, logged, locales.language(), reader.zone(request), request.get_full_path()


def _has_live_blocks(page: ProgramPage) -> bool:
    known = page.body.stream_block.child_blocks
    return any(isinstance(known.get(raw["type"]), (FormBlock, TeasersBlock)) for raw in page.body.raw_data)


def _has_token(request: HttpRequest) -> bool:
    return "CSRF_COOKIE" in request.META


@cache
def _log_statement() -> Statement:
    """Return how the keys of the last entries are read; nothing if pages were never changed in the admin."""
    others = ModelLogEntry.objects.order_by("-pk").values("pk")[:1]
    return Statement(PageLogEntry.objects.order_by("-pk").values_list("pk", Subquery(others))[:1])


def _until(page: ProgramPage, shown: dict[str, Any], moment: datetime) -> datetime:
    ends = [line.closes_at for line in shown.get("deadlines", ())] + [one.ends_at for one in shown.get("sessions", ())]
    if page.ends_on:
        ends.append(Deadline(page.ends_on, page.home_zone or "UTC").closes_at)
    return min((one for one in ends if one > moment), default=NEVER)


def _keep(key: Hashable, rendered: Rendered) -> None:
    with _lock:
        _kept[key] = rendered
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
