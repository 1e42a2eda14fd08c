"""The public pages of the room: the personal link and the member's page with its files."""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cop_program import calendars
from cop_program.context import of_every_page
from cop_program.models import Program
from cop_program.translations import page_of
from cop_program.wording import day_text

from ..admission import queue, seats, words
from ..base.money import format_money
from ..billing import documents
from ..billing import queries as ledger
from ..billing.models import Account
from . import gate, letters, queries, sessions
from .models import Registration

State = Registration.State


@require_safe
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open a personal link: by GET or HEAD, as often as anybody likes."""
    return gate.open_link(request, token)


def next_step(registration: Registration) -> str:
    """Say in words what a registered person does now."""
    program = registration.program
    if program.status == Program.Status.CALLED_OFF:
        return _("The program does not take place. You have nothing to do.")
    if registration.state == State.WAITING:
        return _(
            "All places are taken. You are number %(place)s in the queue; we write to you as soon as a place is free. "
            "Do not pay anything before."
        ) % {"place": queue.place(registration.invitation) or ""}
    if registration.state == State.HELD:
        return _("Pay the deposit of %(deposit)s by %(until)s: until then a place is held for you.") % {
            "deposit": letters.payment_fields(registration)["deposit"],
            "until": _held_until(registration),
        }
    if registration.state == State.MEMBER:
        return _member_step(registration)
    if registration.state == State.LAPSED:
        said = _("The deposit did not reach us in time, and the place is no longer held. You owe nothing.")
    else:
        said = _("Your registration is cancelled. You have nothing to do.")
    return " ".join([said, *_given_back(registration)])


def _held_until(registration: Registration) -> str:
    seat = seats.of(registration.invitation)
    if not seat or not seat.held_until:
        return ""
    return words.until(seat.held_until, words.zone_of(registration.program), registration.language)


def _given_back(registration: Registration) -> list[str]:
    """Say what is listed for refund and in credit, in a sentence of its own."""
    if registration.account is None:
        return []
    due = min(ledger.listed(registration.account), ledger.credit(registration.account))
    amount = format_money(due, registration.language) if due.amount > 0 else ""
    return [_("We give %(amount)s back to you.") % {"amount": amount}] if amount else []


def _member_step(registration: Registration) -> str:
    account = registration.account
    if account and (invoice := ledger.open_invoice(account)) and invoice.due_on:
        return _("Pay invoice %(number)s by %(due)s.") % {
            "number": invoice.number,
            "due": day_text(invoice.due_on, registration.language),
        }
    if registration.program.status == Program.Status.CLOSED:
        return _("The program is over. What was recorded stays here for you.")
    if registration.program.status == Program.Status.CONFIRMED:
        return _("The program takes place, and your place is yours. The sessions are below.")
    return _("Your place is yours. We write to you as soon as we know that enough people take part.")


def how_to_pay(registration: Registration) -> dict[str, str] | None:
    """Return amount, day, reference and bank details of what is to be paid now: the deposit or the open invoice."""
    account, language = registration.account, registration.language
    if registration.state == State.HELD:
        fields = letters.payment_fields(registration)
        return {
            "label": _("Deposit"),
            "amount": fields["deposit"],
            "by": _held_until(registration),
            "reference": fields["payment_reference"],
            "bank_details": fields["bank_details"],
        }
    if registration.state != State.MEMBER or account is None or not (invoice := ledger.open_invoice(account)):
        return None
    return {
        "label": _("Invoice %(number)s") % {"number": invoice.number},
        "amount": format_money(ledger.balance(account), language),
        "by": day_text(invoice.due_on, language) if invoice.due_on else "",
        "reference": account.reference,
        "bank_details": invoice.snapshot["issuer"]["bank_details"],
    }


def way_step(registration: Registration) -> str:
    """Return the name of the step of the way at which a registration stands; '' where it has left the way."""
    if registration.state in (State.LAPSED, State.CANCELLED):
        return ""
    if registration.state == State.WAITING:
        return "register"
    if registration.state == State.HELD:
        return "deposit"
    if registration.program.status not in (Program.Status.CONFIRMED, Program.Status.CLOSED):
        return "confirmed"
    account = registration.account
    return "balance" if account and ledger.balance(account).amount > 0 else "paid"


@require_safe
def member(request: HttpRequest, token: str) -> HttpResponse:
    """Show a registered person where things stand."""
    registration = queries.find_member(token)
    if registration is None:
        return gate.refused(request, "forms_ext:member")
    around = of_every_page(request)
    with translation.override(registration.language):
        response = TemplateResponse(
            request,
            "forms_ext/registration_member.html",
            {**around, **member_context(registration, token, around["reader_zone"])},
        ).render()
    return gate.private(response)


def member_context(registration: Registration, token: str, zone: str = "") -> dict[str, object]:
    """Return what the member's page shows; times stand in `zone`, the one that was chosen on this site."""
    zone = zone or letters.reader_zone(registration)
    account = registration.account
    is_member = registration.state == State.MEMBER
    found = sessions.of(registration.program, zone=zone, language=registration.language) if is_member else []
    return {
        "registration": registration,
        "program": registration.program,
        "page": page_of(registration.program, registration.language),
        "reader_zone": zone,
        "token": token,
        "next_step": next_step(registration),
        "way_step": way_step(registration),
        "payment": how_to_pay(registration),
        "sessions": found,
        "invoices": account.invoices.exclude(pdf_path="").order_by("pk") if account else [],
        "payments": account.payments.select_related("row", "reversal").order_by("pk") if account else [],
        "balance": ledger.balance(account) if account else None,
    }


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
    """Serve the PDF of one of the member's own invoices or credit notes."""
    return _paper(documents.invoice_of, token, pk)


@require_safe
def member_receipt(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve the PDF of one of the member's own receipts."""
    return _paper(documents.receipt_of, token, pk)


@require_safe
def member_cancelled_receipt(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve the PDF that cancels one of the member's own receipts, by the payment that was reversed."""
    return _paper(documents.cancellation_of, token, pk)


@require_safe
def member_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the sessions as the member's own calendar, with the links; whoever is no member has an empty one."""
    registration = queries.find_member(token)
    if registration is None:
        return gate.refused(request)
    with translation.override(registration.language):
        content = sessions.calendar(registration.program, is_member=registration.state == State.MEMBER)
    return gate.private(calendars.answer(request, content, file_name=registration.program.page.slug))
