"""Signals of the ledger for the packages above."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class Consequence:
    """What a reversed payment means beyond the account: a sentence for the payer, and their current step."""

    text: str
    step: str


# Sent inside the transaction that records a payment: `payment` is the Payment, `send_receipt` whether its payer is
# told.
payment_recorded = Signal()

# Sent inside the transaction that reverses a payment: `payment` is the Payment, `reversal` the PaymentReversal, `by`
# the user, `hold_until` until when staff let an unpaid place be held (None: they said nothing). The answers that are
# a `Consequence` stand in the payer's email.
payment_reversed = Signal()

# Sent after it, once all have answered: `reversal`, `told` (the list of Consequence), `message` (for the payer).
payment_reversal_told = Signal()

# Sent inside the transaction that takes the fee of an account back: `account` is the Account.
fee_reversed = Signal()
