"""What is left of a person's deposit, and what paying it does, for the staff page that records a payment."""

from django.utils.translation import gettext as _

from ...base import dates
from ...base.money import format_money
from ...ledger.deposits import Deposit
from ...ledger.models import Account
from .. import queries
from ..models import Registration
from .listing import held_until

State = Registration.State


def unpaid(account: Account) -> Deposit | None:
    """Return the deposit that keeps the held place of `account`, or gives a place after the hold; None once paid."""
    found = Registration.objects.select_related("program__page", "invitation__place", "account")
    registration = found.filter(account=account, state__in=[State.HELD, State.LAPSED]).first()
    if registration is None or (left := queries.deposit_left(registration)).amount <= 0:
        return None
    facts = {
        "left": format_money(left),
        "deposit": format_money(queries.deposit(registration)),
    }
    end = held_until(registration)
    if left < queries.deposit(registration):
        said = _("%(left)s of the deposit of %(deposit)s is still to be paid.") % facts
    else:
        said = _("The deposit is %(deposit)s.") % facts
    if registration.state == State.HELD and end:
        effect = _("The place is held until %(end)s. Once the whole deposit is paid, it is secured.") % {
            "end": dates.hold_until(end, registration.program)
        }
    else:
        effect = _(
            "The hold has expired. Once the whole deposit is paid, the person gets a free place. If there is none, the "
            "payment is listed for refund."
        )
    return Deposit(left, f"{said} {effect}")
