"""The public pages of `registration`: the private link and the member's page with its files."""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from cop_program import calendars
from cop_program.presentation.context import of_every_page

from ..admission import invitations
from ..invoices import documents
from ..ledger.models import Account
from . import gate, queries, sessions
from .gate import private, refused
from .pages import form_for
from .private_page import member_context


@require_safe
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Put the invitation of `token` into a cookie for the form's path and go there. Nothing is used up."""
    invitation = invitations.find(token)
    page = form_for(invitation)
    address = page.get_url(request) if page else None
    if invitation is None or page is None or not address:
        return refused(request, "forms_ext:open_invitation")
    response = private(redirect(address))
    if request.method == "GET":
        gate.admit(request, response, invitation, page, address)
    return response


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
def member_statement(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve the PDF of the member's cancellation fee, by its entry. Raise Http404 if it is not theirs."""
    return _paper(documents.statement_of, token, pk)


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
        content = sessions.calendar(registration)
    return gate.private(calendars.answer(request, content, file_name=registration.program.page.slug))
