"""The public pages of `registration`: the private link and the member's page with its files."""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_program import calendars
from cop_program.presentation.context import of_every_page

from ..admission import invitations
from ..base.errors import ActionRefused
from ..invoices import documents
from ..ledger.models import Account
from . import gate, queries, self_service, sessions
from .gate import private, refused
from .models import Registration
from .pages import form_for
from .private_page import leave_context, member_context


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
    with translation.override(registration.language):
        return _member_page(request, registration, token)


def _member_page(
    request: HttpRequest, registration: Registration, token: str, notice: str = "", status: int = 200
) -> HttpResponse:
    around = of_every_page(request)
    context = {**around, **member_context(registration, token, around["reader_zone"]), "notice": notice}
    template = "forms_ext/registration/private_page.html"
    return gate.private(TemplateResponse(request, template, context, status=status).render())


@csrf_exempt  # the token in the URL is the secret that no other website knows
@require_http_methods(["GET", "HEAD", "POST"])
def member_leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a registered person whether to cancel, and say what it means for their money; a post does it."""
    registration = queries.find_member(token)
    if registration is None:
        return gate.refused(request, "forms_ext:member")
    with translation.override(registration.language):
        try:
            if request.method == "POST":
                self_service.leave(registration=registration)
                return gate.private(redirect("forms_ext:member", token))
            money = self_service.what_leaving_means(registration)
        except ActionRefused as refused:
            return _member_page(request, registration, token, notice=str(refused), status=409)
        context = leave_context(registration, token) | {"money": money}
        template = "forms_ext/registration/leave.html"
        return gate.private(TemplateResponse(request, template, {**of_every_page(request), **context}).render())


@csrf_exempt
@require_POST
def member_transfer(request: HttpRequest, token: str) -> HttpResponse:
    """Hold a place for longer because its holder says that the transfer is on its way."""
    registration = queries.find_member(token)
    if registration is None:
        return gate.refused(request, "forms_ext:member")
    with translation.override(registration.language):
        try:
            self_service.announce_transfer(registration=registration)
        except ActionRefused as refused:
            return _member_page(request, registration, token, notice=str(refused), status=409)
    return gate.private(redirect("forms_ext:member", token))


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
