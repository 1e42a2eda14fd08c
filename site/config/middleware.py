"""Middleware of the site: the content security policy by path, and what Wagtail's own API is asked."""

from collections.abc import Callable

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.urls import reverse

from forms_ext.base.body_limits import problem

LARGEST_INTEGER = 2**63 - 1
WAGTAILS_OWN = ("/api/v2/", "/api/v3/pages/", "/api/v3/sites/", "/api/v3/schema/")
MOST_WORDS = 50
MOST_CHARACTERS = 2000


class ContentSecurityPolicy(ContentSecurityPolicyMiddleware):
    """Send `SECURE_CSP`, and `ADMIN_CSP` below the Wagtail and Django admin."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        admin_paths = (reverse("wagtailadmin_home"), reverse("admin:index"))
        if request.path.startswith(admin_paths) and not hasattr(response, "_csp_config"):
            setattr(response, "_csp_config", settings.ADMIN_CSP)  # noqa: B010
        return super().process_response(request, response)


class WagtailApi:
    """Answer 400 to what Wagtail's API (v2 and v3) passes on to the database, which refuses it.

    Those are integers beyond 64 bits, NUL, and searches so long that the statement is too large. The answer is a
    problem document (RFC 9457).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(WAGTAILS_OWN) and (detail := self._fault(request)):
            return problem(request, 400, detail)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_theirs = request.path_info.startswith(WAGTAILS_OWN)
        if is_theirs and isinstance(exception, (OverflowError, DataError, RecursionError)):
            return problem(request, 400, "A parameter cannot be used.")
        return None

    def _fault(self, request: HttpRequest) -> str:
        """Return what is wrong with the address or a parameter, or ''."""
        for segment in request.path_info.split("/"):
            if _is_too_large(segment):
                return "The id in the address is too large."
        for name, values in request.GET.lists():
            for value in values:
                if "\0" in name + value:
                    return "A parameter holds the character NUL."
                if len(value) > MOST_CHARACTERS or len(value.split()) > MOST_WORDS:
                    return f"Shorten “{name}” to {MOST_WORDS} words and {MOST_CHARACTERS} characters."
                if any(_is_too_large(part) for part in value.split(",")):
                    return f"The number in “{name}” is too large."
        return ""


def _is_too_large(text: str) -> bool:
    digits = text.strip().lstrip("+-")
    return digits.isdecimal() and (len(digits) > 19 or int(digits) > LARGEST_INTEGER)
