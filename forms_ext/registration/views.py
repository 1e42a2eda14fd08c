"""The public pages of `registration`: the private link and the member's page with its files."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Case, Q, When
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from cop_program import calendars
from cop_program.clock import now
from cop_program.presentation.context import of_every_page

from ..admission import invitations
from ..admission.models import Invitation
from ..invoices import documents
from ..ledger.models import Account
from . import gate, queries, sessions
from .gate import COOKIE, SALT, SENDING_COOKIE, private, refused
from .models import Registration
from .pages import RegistrationFormPage
from .private_page import member_context

State = Registration.State


@require_safe
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open an invitation link. GET and HEAD do not use it up."""
    return open_link(request, token)


@require_safe
def member(request: HttpRequest, token: str) -> HttpResponse:
    """Show the private page of a registered person."""
    registration = queries.find_member(token)
    if registration is None:
        return gate.refused(request, "forms_ext:member")
    around = of_every_page(request)
    with translation.override(registration.language):
        response = TemplateResponse(
            request,
            "forms_ext/registration/private_page.html",
            {**around, **member_context(registration, token, around["reader_zone"])},
        ).render()
    return gate.private(response)


def _paper(serve: Callable[[Account, int], HttpResponseBase], token: str, pk: int) -> HttpResponseBase:
    registration = queries.find_member(token)
    if registration is None or registration.account is None:
        raise Http404
    try:
        return gate.private(serve(registration.account, pk))
    except ObjectDoesNotExist:
        raise Http404 from None


@require_safe
def member_invoice(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve the PDF of one of the member's invoices or credit notes. Raise Http404 if it is not theirs."""
    return _paper(documents.invoice_of, token, pk)


@require_safe
def member_receipt(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve the PDF of one of the member's receipts. Raise Http404 if it is not theirs."""
    return _paper(documents.receipt_of, token, pk)


@require_safe
def member_cancelled_receipt(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve the PDF that cancels one of the member's receipts, by the payment that was reversed.

    Raise Http404 if it is not theirs.
    """
    return _paper(documents.cancellation_of, token, pk)


@require_safe
def member_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the sessions as the member's own calendar, with the links; it is empty for people who are no members."""
    registration = queries.find_member(token)
    if registration is None:
        return gate.refused(request)
    with translation.override(registration.language):
        content = sessions.calendar(registration.program, is_member=registration.state == State.MEMBER)
    return gate.private(calendars.answer(request, content, file_name=registration.program.page.slug))


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
