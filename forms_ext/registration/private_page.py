"""The content of the private page."""

from django.utils.translation import gettext as _

from cop_program.formatting import day_text
from cop_program.models import Program
from cop_program.translations import page_of

from ..admission import places, queue
from ..base import dates
from ..base.money import format_money
from ..invoices import queries as invoices_queries
from ..ledger import queries as ledger_queries
from . import sessions
from .emails import sending
from .models import Registration

State = Registration.State


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
            "deposit": sending.payment_fields(registration)["deposit"],
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
    place = places.of(registration.invitation)
    if not place or not place.held_until:
        return ""
    return dates.until(place.held_until, dates.zone_of(registration.program), registration.language)


def _given_back(registration: Registration) -> list[str]:
    """Say in a sentence what is listed for refund and in credit."""
    if registration.account is None:
        return []
    due = min(ledger_queries.listed(registration.account), ledger_queries.credit(registration.account))
    amount = format_money(due, registration.language) if due.amount > 0 else ""
    return [_("We give %(amount)s back to you.") % {"amount": amount}] if amount else []


def _member_step(registration: Registration) -> str:
    account = registration.account
    if account and (invoice := invoices_queries.open_invoice(account)) and invoice.due_on:
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
        fields = sending.payment_fields(registration)
        return {
            "label": _("Deposit"),
            "amount": fields["deposit"],
            "by": _held_until(registration),
            "reference": fields["payment_reference"],
            "bank_details": fields["bank_details"],
        }
    if registration.state != State.MEMBER or account is None or not (invoice := invoices_queries.open_invoice(account)):
        return None
    return {
        "label": _("Invoice %(number)s") % {"number": invoice.number},
        "amount": format_money(ledger_queries.balance(account), language),
        "by": day_text(invoice.due_on, language) if invoice.due_on else "",
        "reference": account.reference,
        "bank_details": invoice.snapshot["issuer"]["bank_details"],
    }


def way_step(registration: Registration) -> str:
    """Return the current step of a registration; an empty string if it has ended."""
    if registration.state in (State.LAPSED, State.CANCELLED):
        return ""
    if registration.state == State.WAITING:
        return "register"
    if registration.state == State.HELD:
        return "deposit"
    if registration.program.status not in (Program.Status.CONFIRMED, Program.Status.CLOSED):
        return "confirmed"
    account = registration.account
    return "balance" if account and ledger_queries.balance(account).amount > 0 else "paid"


def member_context(registration: Registration, token: str, zone: str = "") -> dict[str, object]:
    """Return the context of the private page; `zone` is the time zone chosen on this site."""
    zone = zone or sending.reader_zone(registration)
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
        "balance": ledger_queries.balance(account) if account else None,
    }
