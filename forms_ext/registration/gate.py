"""The gate before the registration form (design: "The gate"): a link becomes a cookie, the cookie is read live."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core import signing
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from cop_program.clock import now

from ..admission import invitations
from ..admission.models import Invitation
from .models import RegistrationFormPage

COOKIE = "cop_invitation"
SENDING_COOKIE = "cop_invitation_send"
SALT = "forms_ext.registration.gate"
REFUSED_STATUS = 404


def private[Response: HttpResponseBase](response: Response) -> Response:
    """Let nobody keep, index or refer to what stands behind the gate, which differs by cookie."""
    patch_vary_headers(response, ["Cookie"])
    return unkept(response)


def unkept[Response: HttpResponseBase](response: Response) -> Response:
    """Let nobody keep, index or refer to what was answered."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def refused(request: HttpRequest, name: str = "", typed: Sequence[tuple[str, str]] = ()) -> HttpResponse:
    """Answer every link that does not open the form in the same way, whatever is wrong with it.

    The page gets no zone form, whose `next` would repeat the link's token. `name` is the URL name of a personal
    address: from here on neither Django's log nor Wagtail's look at its redirects meets the token. Who had the form
    open gets back what was `typed`.
    """
    if name:
        request.path = request.path_info = reverse(name, args=["-"])
    template = "forms_ext/registration_refused.html"
    return private(TemplateResponse(request, template, {"typed": typed}, status=REFUSED_STATUS))


def _page_of(invitation: Invitation | None) -> RegistrationFormPage | None:
    """Return the form of the invitation's program, in the applicant's language if there is one in it.

    One query, with an invitation and without.
    """
    home = invitation.application.program.page.path if invitation else "-"  # no page has this path
    language = invitation.application.language if invitation else "-"
    source = RegistrationFormPage.objects.filter(path__startswith=home).values("translation_key")
    first = Case(When(locale__language_code=language, then=0), When(path__startswith=home, then=1), default=2)
    forms = RegistrationFormPage.objects.live().filter(translation_key__in=source)
    return forms.filter(Q(locale__language_code=language) | Q(path__startswith=home)).order_by(first).first()


def leads_to(invitation: Invitation, page: RegistrationFormPage) -> bool:
    """Tell whether `page` is the form of the invitation's program, in whatever language."""
    program = invitation.application.program
    return page.is_child_of(program.page) or page.get_parent().translation_key == program.translation_key


def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Put the invitation of `token` into a cookie for the form's path and go there; nothing is used up."""
    invitation = invitations.find(token)
    page = _page_of(invitation)
    address = page.get_url(request) if page else None
    if invitation is None or page is None or not address:
        return refused(request, "forms_ext:open_invitation")
    response = private(redirect(address))
    if request.method == "GET":
        _admit(request, response, invitation, page, address)
    return response


def _admit(
    request: HttpRequest, response: HttpResponse, invitation: Invitation, page: RegistrationFormPage, address: str
) -> None:
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


def named(request: HttpRequest) -> int | None:
    """Return the invitation that the request's cookie names, valid or not."""
    try:
        value = request.COOKIES.get(COOKIE) or request.COOKIES.get(SENDING_COOKIE, "")
        pk = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        return None
    return pk if isinstance(pk, int) else None


def admitted(request: HttpRequest, page: RegistrationFormPage) -> Invitation | None:
    """Return the invitation of the request's cookie, while it is valid for the program of `page`."""
    pk = named(request)
    invitation = invitations.find_by_pk(pk) if pk is not None else None
    return invitation if invitation is not None and leads_to(invitation, page) else None
