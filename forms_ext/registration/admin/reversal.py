"""What reversing a payment will do, in sentences for staff."""

from django.utils.translation import gettext as _
from djmoney.money import Money

from ...base.money import format_money
from ...invoices import actions as invoices
from ...invoices import queries as invoices_queries
from ...ledger import queries as ledger_queries
from ...ledger.models import Payment
from .. import holds, queries
from ..models import Registration

State = Registration.State


def loses_deposit(registration: Registration, payment: Payment) -> bool:
    """Tell whether a member only holds the place once `payment` is reversed."""
    if registration.state != State.MEMBER or holds.keeps_place_unpaid(registration.program):
        return False
    return (queries.deposit_left(registration) + payment.received).amount > 0 and registration.deposit_amount > 0


def effects(payment: Payment, registration: Registration | None, *, loses_place: bool) -> list[str]:
    """Return what reversing `payment` will do."""
    if hasattr(payment, "reversal"):
        return []
    account = payment.account
    owed = ledger_queries.balance(account) + payment.received
    sentences = [
        _("Reverses the payment of %(amount)s with a new entry. The amount due from %(name)s is then %(owed)s.")
        % {
            "amount": format_money(payment.received),
            "name": account.payer_name,
            "owed": format_money(max(owed, Money(0, account.currency))),
        },
        _("Cancels receipt %(number)s with a separate document.") % {"number": payment.receipt.number},
        *_about_invoice(payment, owed),
    ]
    if loses_place:
        sentences.append(_("The deposit is then unpaid, so the place is only held until the end of the day below."))
    elif registration is not None and registration.state == State.MEMBER:
        sentences.append(_("They keep the place."))
    if ledger_queries.listed(account) > max(-owed, Money(0, account.currency)):
        sentences.append(_("A listed refund is then no longer in credit. Remove it from the list."))
    return sentences


def _about_invoice(payment: Payment, owed: Money) -> list[str]:
    if owed.amount <= 0:
        return []
    if other := invoices_queries.open_invoice(payment.account):
        said = [_("Invoice %(number)s stays open.") % {"number": other.number}]
        if settled := invoices.settled_by(payment):
            text = _("Invoice %(number)s stays closed, because an account has only one open invoice.")
            said += [text % {"number": settled.number}, _("The email gives the total amount due.")]
        return said
    reopened = invoices.to_reopen(payment)
    return [_("Reopens invoice %(number)s.") % {"number": reopened.number}] if reopened else []
