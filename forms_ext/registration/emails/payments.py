"""The one email about a payment of a registered person, written when all that the payment does is done."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from cop_program import formatting
from cop_program.models import Program
from cop_program.translations import title_of

from ...base.money import format_money
from ...invoices import emails as invoices_emails
from ...invoices import queries as invoices_queries
from ...ledger.models import Payment
from .. import queries
from ..models import Registration
from ..outcomes import Effect, Outcome
from . import sending

State = Registration.State


def tell(payment: Payment, answers: Sequence[object]) -> bool:
    """Tell a registered person what a payment of theirs did; return False if the account is of nobody registered."""
    registrations = Registration.objects.select_related("program__page", "invitation__application", "account")
    registration = registrations.filter(account=payment.account_id).first()
    if registration is None:
        return False
    outcome = next((answer for answer in answers if isinstance(answer, Outcome)), None)
    if outcome and outcome.effect == Effect.JOINED:
        place_confirmed(registration, payment)
    elif outcome and outcome.listed.amount > 0:
        _refunded(registration, payment, outcome)
    else:
        held = registration.state == State.HELD and queries.deposit_left(registration).amount > 0
        balance = sending.place_held(registration) if held else ""
        invoices_emails.send_receipt(payment.receipt, balance=balance)
    return True


def place_confirmed(registration: Registration, payment: Payment | None = None) -> None:
    """Say that the place is secured, by `payment` if there was one; in a confirmed program with the sessions."""
    status = Program.objects.values_list("status", flat=True).get(pk=registration.program_id)
    account, confirmed = registration.account, status == Program.Status.CONFIRMED
    assert account is not None
    with translation.override(registration.language):
        if not confirmed:
            following = _("We will email you once enough people have joined.")
        elif invoices_queries.open_invoice(account):
            following = _(
                "The program is going ahead. We will email the invoice for the balance separately. "
                "The sessions, in your time zone:"
            )
        else:
            following = _("The program is going ahead. The sessions, in your time zone:")
        fields = {
            "received": _received(payment),
            "what_follows": following,
            "sessions": sending.sessions_text(registration) if confirmed else "",
            "balance": invoices_emails.balance_sentence(account),
            "receipt_note": _note(payment),
        }
    sending.send(
        registration,
        "place_confirmed",
        [
            *(invoices_emails.receipt_file(payment.receipt) if payment else ()),
            *([sending.calendar(registration)] if confirmed else ()),
        ],
        way=sending.way(registration),
        **fields,
    )


def _received(payment: Payment | None) -> str:
    if payment is None:
        return ""
    language = payment.account.language
    return _("We received your payment of %(amount)s on %(day)s. Your deposit is paid.") % {
        "amount": format_money(payment.received, language),
        "day": formatting.date_text(payment.received_on, language),
    }


def _note(payment: Payment | None) -> str:
    number = {"number": payment.receipt.number} if payment else None
    return _("Your receipt number is %(number)s. Keep it for your records.") % number if number else ""


def _refunded(registration: Registration, payment: Payment, outcome: Outcome) -> None:
    language = registration.language
    with translation.override(language):
        why = _why(registration, payment, outcome)
        note = _note(payment)
    sending.send(
        registration,
        "late_deposit",
        invoices_emails.receipt_file(payment.receipt),
        why=why,
        amount=format_money(outcome.listed, language),
        receipt_note=note,
    )


def _why(registration: Registration, payment: Payment, outcome: Outcome) -> str:
    language = registration.language
    texts = {
        Effect.TOO_LITTLE: _(
            "We recorded your payment of %(paid)s for %(program)s, received on %(day)s, after your place had been "
            "released. The deposit is %(deposit)s: if you pay the remaining %(left)s before the refund, you get a "
            "place if one is free."
        ),
        Effect.NO_PLACE: _(
            "We recorded your payment of %(paid)s for %(program)s, received on %(day)s, after your place had been "
            "released, and no place is free."
        ),
        Effect.OVER: _(
            "We recorded your payment of %(paid)s for %(program)s, received on %(day)s, after the program was over."
        ),
        Effect.CALLED_OFF: _(
            "We recorded your payment of %(paid)s for %(program)s, received on %(day)s, after the program was "
            "cancelled."
        ),
        Effect.LEFT: _(
            "We recorded your payment of %(paid)s for %(program)s, received on %(day)s, after your registration was "
            "cancelled."
        ),
    }
    return texts[outcome.effect] % {
        "paid": format_money(payment.received, language),
        "program": title_of(registration.program, language),
        "day": formatting.date_text(payment.received_on, language),
        "deposit": format_money(queries.deposit(registration), language),
        "left": format_money(queries.deposit_left(registration), language),
    }
