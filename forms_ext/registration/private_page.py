"""The content of the private page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.formatting import day_text
from cop_program.journey import Standing
from cop_program.models import Program
from cop_program.presentation.context import is_over
from cop_program.translations import page_of

from ..admission import queue
from ..base import dates
from ..base.money import format_money
from ..forms import compiler
from ..invoices import queries as invoices_queries
from ..invoices.models import Invoice
from ..ledger import queries as ledger_queries
from ..mail.sender import sender_address
from . import queries, sessions, standing
from .emails import sending
from .models import Registration

State = Registration.State


def next_step(registration: Registration, here: Standing, zone: str = "") -> str:
    """Say in words what a registered person does now, who stands at `here` and reads in `zone`."""
    if registration.program.status == Program.Status.CALLED_OFF:
        return _("The program is cancelled. You do not need to do anything.")
    if here.waits_for == "place":
        return _(
            "All places are taken. You are number %(place)s in the queue. We will email you when a place is free. "
            "Do not pay before then."
        ) % {"place": queue.place(registration.invitation) or ""}
    if here.step == "deposit":
        fields = sending.payment_fields(registration)
        said = _("Pay %(deposit)s by %(until)s to secure your place. We are holding it for you until then.") % {
            "deposit": fields["deposit"],
            "until": _until(registration, here, zone),
        }
        return f"{fields['paid_part']} {said}".strip()
    if here.step:
        return _member_step(registration, here)
    if registration.state == State.LAPSED:
        said = _("The deposit was not paid in full in time, so your place has been released. You have nothing to pay.")
    else:
        said = _("Your registration is cancelled. You do not need to do anything.")
    return " ".join([said, *_given_back(registration), *_kept(registration)])


def _until(registration: Registration, here: Standing, zone: str) -> str:
    return dates.until(here.until, here.zone, registration.language, zone) if here.until else ""


def _due(registration: Registration, here: Standing) -> str:
    return day_text(here.deadline.day, registration.language) if here.deadline else ""


def _given_back(registration: Registration) -> list[str]:
    """Say in a sentence what is listed for refund and in credit."""
    if registration.account is None:
        return []
    due = ledger_queries.to_refund(registration.account)
    amount = format_money(due, registration.language) if due.amount > 0 else ""
    return [_("We will refund you %(amount)s.") % {"amount": amount}] if amount else []


def _kept(registration: Registration) -> list[str]:
    """Say in a sentence what is kept as the cancellation fee."""
    kept = ledger_queries.cancellation_fee(registration.account) if registration.account else None
    if kept is None or kept.amount <= 0:
        return []
    text = _("The cancellation fee is %(amount)s. Its statement is below.")
    return [text % {"amount": format_money(kept, registration.language)}]


def _open_invoice(registration: Registration, here: Standing) -> Invoice | None:
    """Return the invoice that is to be paid now."""
    account = registration.account
    return invoices_queries.open_invoice(account) if account and here.step == "balance" else None


def _member_step(registration: Registration, here: Standing) -> str:
    invoice = _open_invoice(registration, here)
    if invoice and registration.account and invoices_queries.overdue_invoice(registration.account):
        return _("Invoice %(number)s is overdue: it was due by %(due)s. Pay %(amount)s now.") % {
            "number": invoice.number,
            "due": day_text(invoice.due_on, registration.language) if invoice.due_on else "",
            "amount": format_money(ledger_queries.balance(registration.account), registration.language),
        }
    if invoice and here.until:
        return _("Pay invoice %(number)s by %(due)s.") % {"number": invoice.number, "due": _due(registration, here)}
    if registration.program.status == Program.Status.CLOSED:
        return _("The program is over. You can still use this page.")
    if registration.program.status == Program.Status.CONFIRMED:
        return _("The program is going ahead and you have a place. The sessions are below.")
    return _("You have a place. We will email you once enough people have joined.")


def how_to_pay(registration: Registration, here: Standing, zone: str = "") -> dict[str, str] | None:
    """Return amount, day, reference and bank details of what is due now: the deposit or the open invoice.

    The end of a hold is said in `zone`, too.
    """
    account, language = registration.account, registration.language
    if here.step == "deposit" and not here.waits_for:
        fields = sending.payment_fields(registration)
        return {
            "label": _("Deposit"),
            "amount": fields["deposit"],
            "by": _until(registration, here, zone),
            "reference": fields["payment_reference"],
            "bank_details": fields["bank_details"],
        }
    invoice = _open_invoice(registration, here)
    if account is None or invoice is None:
        return None
    return {
        "label": _("Invoice %(number)s") % {"number": invoice.number},
        "amount": format_money(ledger_queries.balance(account), language),
        "by": _due(registration, here),
        "reference": account.reference,
        "bank_details": invoice.snapshot["issuer"]["bank_details"],
    }


LEAVE = {
    State.WAITING: gettext_lazy("Leave the queue"),
    State.HELD: gettext_lazy("Give up your place"),
    State.MEMBER: gettext_lazy("Cancel your registration"),
}


def leave_context(registration: Registration, token: str) -> dict[str, object]:
    """Return the context of the page that asks whether to cancel; `leave` is its button."""
    return {
        "registration": registration,
        "page": page_of(registration.program, registration.language),
        "token": token,
        "leave": LEAVE[State(registration.state)],
    }


def own_ways(registration: Registration, zone: str) -> dict[str, object]:
    """Return what a person can do by themselves: `leave`, the text of the button, and `transfer_until`, in words."""
    until = queries.transfer_end(registration)
    hold_zone = dates.hold_zone(registration.program)
    may_leave = queries.may_leave(registration)
    return {
        "leave": LEAVE[State(registration.state)] if may_leave else "",
        "asks_to_leave": not may_leave
        and registration.state in {State.HELD, State.MEMBER}
        and not is_over(registration.program.page),
        "transfer_until": dates.until(until, hold_zone, registration.language, zone) if until else "",
        "transfer_announced": registration.state == State.HELD and registration.transfer_announced_at is not None,
    }


def answered(registration: Registration) -> list[tuple[str, str]]:
    """Return the questions that were answered, each with its answer."""
    answers = compiler.compile(registration.version).display(registration.answers)
    return [(answer.question, answer.text) for answer in answers if answer.text]


def member_context(registration: Registration, token: str, zone: str = "") -> dict[str, object]:
    """Return the context of the private page; `zone` is the time zone chosen on this site."""
    zone = zone or sending.reader_zone(registration)
    account, here = registration.account, standing.of_registration(registration)
    return {
        "registration": registration,
        "program": registration.program,
        "page": page_of(registration.program, registration.language),
        "reader_zone": zone,
        "token": token,
        "next_step": next_step(registration, here, zone),
        "standing": here,
        **own_ways(registration, zone),
        "payment": how_to_pay(registration, here, zone),
        "sessions": sessions.shown_to(registration, zone=zone),
        "invoices": account.invoices.filter(file__isnull=False).order_by("pk") if account else [],
        "payments": account.payments.select_related("row", "receipt__file", "reversal__receipt__file").order_by("pk")
        if account
        else [],
        "statements": account.receipts.filter(fee__isnull=False, fee__reversed_by=None).select_related("fee", "file")
        if account
        else [],
        "answered": answered(registration),
        "write_to": sender_address(),
        "balance": ledger_queries.balance(account) if account else None,
    }
