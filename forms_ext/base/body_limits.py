"""Limit the size of a request body by URL, before a byte of it is read: `LimitBodies`, a middleware.

Django writes uploads to its temporary folder as soon as `request.POST` is read. The CSRF check does that, before any
view. Here the URL decides: ours take `SMALL`, unless a package registers a higher limit for one of them. URLs of other
apps have no limit except `COP_BODY_MAX_BYTES`. Under ASGI the server has read the body before any middleware runs, so
the proxy must limit it there.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from wagtail.models import APIToken

from .conf import conf

logger = logging.getLogger(__name__)
SMALL = 65_536
API = "wagtailapi_v3"
OURS = {"forms_ext", "cop_program"}
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

type Limit = Callable[[HttpRequest, Sequence[Any], Mapping[str, Any]], int | None]
type Answer = Callable[[HttpRequest, int, str], HttpResponse]


class Rule(NamedTuple):
    """How many bytes a URL accepts (None: not one of ours), and the answer to more: status and message."""

    limit: Limit
    answer: Answer


_rules: dict[str, Rule] = {}


def text_limit() -> int:
    """Return the limit of a URL that accepts text and no files: what Django reads of it."""
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 2_621_440


def page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Answer with a page, without a time zone form, whose `next` would repeat the token of a private link."""
    return HttpResponse(render_to_string("forms_ext/too_large.html", {"sentence": sentence}, request), status=status)


def problem(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Answer with a problem document (RFC 9457)."""
    response = HttpResponse(status=status)
    content = {"type": "about:blank", "title": response.reason_phrase, "status": status, "detail": sentence}
    return JsonResponse(content, status=status, content_type="application/problem+json")


def register(name: str, limit: Limit, answer: Answer = page) -> None:
    """Let the URL with the name `name` accept as many bytes as `limit` returns for a request."""
    _rules[name] = Rule(limit, answer)


class LimitBodies:
    """Middleware that answers 413, or 411 if there is no length, before the body is read.

    Put it after the middleware that sets the language and the user, so that it answers like the rest of the site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._refusal(request) or self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer with a message if Django itself finds a body too large while one of our views reads it."""
        match = _match(request)
        if isinstance(error, TOO_MUCH) and match and (match.view_name in _rules or _is_ours(match)):
            return _answer(request, match, 413, _("Nothing was sent. The request is too large."))
        return None

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        length, is_told = _length(request)
        if is_told and length <= SMALL:
            return None
        match = _match(request)
        limit = _limit(request, match) if match else _limit_elsewhere(request)
        if limit is None:
            return None
        if not is_told:
            sentence = _("Nothing was sent. Send the request with a Content-Length header.")
            return _answer(request, match, 411, sentence)
        if length <= limit:
            return None
        if limit == SMALL:
            sentence = _("Nothing was sent. Files and long texts cannot be sent here.")
        else:
            sentence = _("Nothing was sent. You can send at most %(size)s at once.") % {"size": filesizeformat(limit)}
        return _answer(request, match, 413, sentence)


def _length(request: HttpRequest) -> tuple[int, bool]:
    """Return the length of the body, and whether the request gives it."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return 0, False
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0), True
    except ValueError:
        return 0, True


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None


def is_api(request: HttpRequest) -> bool:
    """Tell whether `request` asks Wagtail's API, ours included."""
    return _is_of_api(_match(request))


def _is_of_api(match: ResolverMatch | None) -> bool:
    return match is not None and API in match.namespaces


def _rule(match: ResolverMatch) -> Rule | None:
    return _rules.get(match.view_name) or _rules.get(match.url_name or "")


def _limit(request: HttpRequest, match: ResolverMatch) -> int | None:
    """Return how many bytes an address takes; None if nobody says."""
    rule = _rule(match)
    found = rule.limit(request, match.args, match.kwargs) if rule else None
    if found is not None:
        return found
    if _is_ours(match):
        return text_limit() if _is_known(request) else SMALL
    return _limit_elsewhere(request)


def _limit_elsewhere(request: HttpRequest) -> int | None:
    limit = conf.COP_BODY_MAX_BYTES
    return None if limit <= 0 or _is_known(request) else max(limit, SMALL)


def _is_ours(match: ResolverMatch) -> bool:
    view = getattr(match.func, "view_class", match.func)
    is_listed = (match.url_name or "").startswith("cop_")  # views of other packages that we register
    return is_listed or bool(OURS & {*match.namespaces, view.__module__.split(".")[0]})


def _is_known(request: HttpRequest) -> bool:
    """Tell whether the sender is logged in, or has a token of Wagtail's API."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        hashes = APIToken.candidate_key_hashes(token)
        return APIToken.objects.filter(key_hash__in=hashes, revoked_at=None, user__is_active=True).exists()
    return bool(getattr(getattr(request, "user", None), "is_authenticated", False))


def _answer(request: HttpRequest, match: ResolverMatch | None, status: int, sentence: str) -> HttpResponse:
    rule = _rule(match) if match else None
    wants_json = "json" in (request.content_type or "") or _is_of_api(match)
    response = (rule.answer if rule else problem if wants_json else page)(request, status, sentence)
    name = match.view_name if match else "an address that is not there"
    logger.warning("A body was refused with %s at %s.", status, name)
    setattr(response, "_has_been_logged", True)  # noqa: B010  (Django would write the path, which may hold a token)
    response["Cache-Control"] = "no-store"
    return response
