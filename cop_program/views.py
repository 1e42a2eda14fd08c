"""The one view of this app that is no page."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import reader
from .zones import zone_names


def _back(request: HttpRequest) -> str:
    """Return the local address to go back to, less the zone that it may name itself."""
    address = request.POST.get("next", "")
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return "/"
    parts = urlsplit(address)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != reader.PARAMETER]
    return urlunsplit(parts._replace(query=urlencode(query)))


@csrf_exempt  # a preference without consequences, set from pages that bear no cookie
@never_cache
@require_POST
def set_zone(request: HttpRequest) -> HttpResponse:
    """Keep the reader's zone and go back to the page; a name that is no zone changes nothing."""
    response = HttpResponseRedirect(_back(request))
    response.status_code = 303
    name = request.POST.get("zone", "")
    if name in zone_names() or not name:
        reader.remember(request, response, name)
    return response
