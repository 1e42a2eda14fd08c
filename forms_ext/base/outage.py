"""What a site answers while its database is away: 503 with Retry-After, as a page or as a problem document (RFC 9457).

In the root URLconf: `handler500 = "forms_ext.base.outage.server_error"`.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as internal_error

from . import body_limits

RETRY_AFTER_SECONDS = 30


def is_away(error: BaseException | None) -> bool:
    """Tell whether `error`, or what it came of, says that the database cannot be asked now."""
    while error is not None:
        if isinstance(error, (OperationalError, InterfaceError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return the 503: a page, or a problem document below the API. Neither asks the database for anything."""
    sentence = _("The service is temporarily unavailable. Try again in a minute.")
    if body_limits.is_api(request):
        response = body_limits.problem(request, 503, sentence)
    else:
        response = HttpResponse(render_to_string("forms_ext/unavailable.html", {"sentence": sentence}), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nothing else has answered: 503 while the database is away, otherwise Django's 500."""
    return unavailable(request) if is_away(sys.exception()) else internal_error(request)
