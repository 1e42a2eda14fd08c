"""What is left of a payer's deposit: the package that knows of places says it, the staff pages of an account ask."""

from collections.abc import Callable
from dataclasses import dataclass

from djmoney.money import Money

from .models import Account


@dataclass(frozen=True)
class Deposit:
    """A deposit that is not paid in full: what is `left` of it, and what paying it does, in a sentence for staff."""

    left: Money
    effect: str


type Reader = Callable[[Account], Deposit | None]


def _unknown(account: Account) -> Deposit | None:
    return None


_read: Reader = _unknown


def register(reader: Reader) -> None:
    """Let `reader` say which deposit of an account is still to be paid; None if there is none."""
    global _read
    _read = reader


def unpaid(account: Account) -> Deposit | None:
    """Return the deposit that `account` still has to pay before anything else, or None."""
    return _read(account)
