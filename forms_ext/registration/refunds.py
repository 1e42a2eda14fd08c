"""What somebody who cancels gets back: the policy that they agreed to, applied to what they have paid."""

from dataclasses import dataclass
from datetime import datetime

from djmoney.money import Money

from cop_program import refunds
from cop_program.refunds import Gives, Term

from ..ledger import queries as ledger_queries
from . import queries
from .models import Registration


@dataclass(frozen=True)
class Settlement:
    """What is `held` of a person's money, how much of it the policy gives back, and by which term."""

    held: Money
    refund: Money
    rebate: Money
    term: Term


def settlement(registration: Registration, moment: datetime, *, everything: bool = False) -> Settlement:
    """Return what `registration` gets back if it is cancelled at `moment`; all of it if `everything`.

    More than the fee is given back in any case. A rebate that was paid out is given back already.
    """
    account = registration.account
    assert account is not None
    nothing = Money(0, account.currency)
    term = refunds.in_force(queries.terms_of(registration), moment)
    paid, rebate = max(ledger_queries.paid(account), nothing), ledger_queries.rebate_paid(account)
    too_much = max(paid - ledger_queries.fee(account), nothing)
    for_fee = paid - too_much
    given = {
        Gives.EVERYTHING: for_fee,
        Gives.BALANCE: max(for_fee - queries.deposit(registration), nothing),
        Gives.NOTHING: nothing,
    }[Gives.EVERYTHING if everything else term.gives]
    held = max(paid - rebate, nothing)
    return Settlement(held, max(given + too_much - rebate, nothing), rebate, term)
