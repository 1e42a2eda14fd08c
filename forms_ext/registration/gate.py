"""The gate before the registration form: a link becomes a cookie, and the cookie is checked on every request."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from wagtail.models import Page

from cop_program import access
from cop_program.clock import now
from cop_program.models import Program, ProgramPage
from cop_program.translations import localized

from ..admission import invitations
from ..admission.models import Invitation
from ..mail.sender import sender_address
from . import queries

COOKIE = "cop_invitation"
SENDING_COOKIE = "cop_invitation_send"
SALT = "forms_ext.registration.gate"
REFUSED_STATUS = 404
#: So many programs are listed on the page that refuses a link.
LISTED = 5


def private[Response: HttpResponseBase](response: Response) -> Response:
    """Tell caches, search engines and browsers to keep nothing of what is behind the gate."""
    patch_vary_headers(response, ["Cookie"])
    return unkept(response)


def unkept[Response: HttpResponseBase](response: Response) -> Response:
    """Forbid caches to keep the response, search engines to index it, and links to reveal its URL."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def refused(
    request: HttpRequest, name: str = "", typed: Sequence[tuple[str, str]] = (), program: Program | None = None
) -> HttpResponse:
    """Answer every link that does not open the form in the same way, whatever is wrong with it.

    The page leads on: to the `program` of the form's own URL, otherwise to those that are running. It has no time zone
    form, whose `next` would repeat the link's token. `name` is the URL name of a private link: from here on, neither
    Django's log nor Wagtail's redirects see the token. People who had the form open get back what was `typed`.
    """
    if name:
        request.path = request.path_info = reverse(name, args=["-"])
    pages = [program.page] if program else _running()
    context = {
        "typed": typed,
        "programs": localized([page for page in pages if access.may_see(page, request)], request=request),
        "why_shut": queries.why_shut(program) if program else "",
        "write_to": sender_address(),
    }
    template = "forms_ext/registration/refused.html"
    return private(TemplateResponse(request, template, context, status=REFUSED_STATUS))


def _running() -> list[ProgramPage]:
    """Return the pages of the programs that run now or begin soonest."""
    pages = ProgramPage.objects.live().filter(cop_program_row__status__in=invitations.OPEN)
    return list(pages.filter(ends_on__gte=now().date()).select_related("locale").order_by("starts_on", "pk")[:LISTED])


def leads_to(invitation: Invitation, page: Page) -> bool:
    """Tell whether `page` is the form of the invitation's program, in whatever language."""
    program = invitation.application.program
    return page.is_child_of(program.page) or page.get_parent().translation_key == program.translation_key


def named(request: HttpRequest) -> int | None:
    """Return the invitation that the request's cookie names, valid or not."""
    try:
        value = request.COOKIES.get(COOKIE) or request.COOKIES.get(SENDING_COOKIE, "")
        pk = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        return None
    return pk if isinstance(pk, int) else None


def presented(request: HttpRequest, token: str | None = None) -> Q:
    """Return which registration was made with the invitation of the request's cookie, or of `token`, valid or not."""
    if token is None:
        pk = named(request)
        return Q(invitation__in=[] if pk is None else [pk])
    return Q(invitation__token_sha256=invitations.digest(token))


def admitted(request: HttpRequest, page: Page, token: str | None = None) -> Invitation | None:
    """Return the invitation of the request's cookie, or of `token`, while it is valid for the program of `page`."""
    if token is None:
        pk = named(request)
        invitation = invitations.find_by_pk(pk) if pk is not None else None
    else:
        invitation = invitations.find(token)
    return invitation if invitation is not None and leads_to(invitation, page) else None


def admit(request: HttpRequest, response: HttpResponse, invitation: Invitation, page: Page, address: str) -> None:
    """Let the browser that gets `response` into the form of `page`, shown at `address`, until the invitation ends."""
    value = signing.dumps(invitation.pk, salt=SALT)
    for name, path in ((COOKIE, urlsplit(address).path), (SENDING_COOKIE, reverse("forms_ext:form", args=[page.pk]))):
        response.set_cookie(
            name,
            value,
            max_age=max(int((invitation.ends_at - now()).total_seconds()), 1),
            path=path,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )
