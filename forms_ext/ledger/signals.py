"""Signals of the ledger for the packages above."""

from django.dispatch import Signal

# Sent inside the transaction that records a payment: `payment` is the Payment. Receivers do what follows from it, and
# may answer what that was: `telling` gets the answers.
payment_recorded = Signal()

# Sent after it, once all have done their part, so that a document shows what is so: `payment`.
payment_settled = Signal()

# Sent inside the transaction that reverses a payment: `payment` is the Payment, `reversal` the PaymentReversal, `by`
# the user, `hold_until` until when staff let an unpaid place be held (None: they said nothing). The answers are
# sentences that say in the payer's email what it means beyond the account.
payment_reversed = Signal()

# Sent after it, once all have answered: `reversal`, `told` (the list of sentences), `message` (for the payer).
payment_reversal_told = Signal()

# Sent inside the transaction that takes the fee of an account back: `account` is the Account.
fee_reversed = Signal()
