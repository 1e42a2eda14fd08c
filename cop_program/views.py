"""The views of this app other than pages."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from . import access, calendars, reader
from .models import Program, ProgramPage
from .zones import zone_names


def _back(request: HttpRequest) -> str:
    """Return the local URL to go back to, without the time zone that it may name."""
    address = request.POST.get("next", "")
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return "/"
    parts = urlsplit(address)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != reader.PARAMETER]
    return urlunsplit(parts._replace(query=urlencode(query)))


@csrf_exempt  # a harmless preference, set from pages without a cookie
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


@require_safe
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve the sessions of the program page `pk` as a calendar, without their private links.

    Raise Http404 if the visitor may not see the page: calendar apps cannot fill in a password form.
    """
    page = ProgramPage.objects.filter(pk=pk).select_related("locale").first()
    program = Program.for_page(page) if page and access.may_see(page, request) else None
    if page is None or program is None:
        raise Http404
    with translation.override(page.locale.language_code):
        entries = [
            calendars.Entry(session, url=session.get_full_url(request) or "")
            for session in page.live_sessions(program, request)
        ]
        entries += calendars.gone(program, for_everyone=True)
        content = calendars.feed(program, entries, language=page.locale.language_code, name=page.title)
    response = calendars.answer(request, content, file_name=page.slug)
    if access.sees_more(request):
        patch_vary_headers(response, ["Cookie"])
        response["Cache-Control"] = "private, no-store"
    else:
        response["Access-Control-Allow-Origin"] = "*"
    return response
