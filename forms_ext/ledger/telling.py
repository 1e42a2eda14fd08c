"""Who writes the one email about a payment: it is written last, when all that the payment does is done."""

from collections.abc import Callable, Sequence

from .models import Payment

#: Writes the email about a payment, of which the receivers of `payment_recorded` have answered what it did; returns
#: False if it has nothing to do with that payment.
type Teller = Callable[[Payment, Sequence[object]], bool]

_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Ask `teller` before those that are registered already: higher packages, registered later, know more."""
    _tellers.insert(0, teller)


def tell(payment: Payment, answers: Sequence[object]) -> None:
    """Let the first teller that knows the payer of `payment` write to them."""
    any(teller(payment, answers) for teller in _tellers)
