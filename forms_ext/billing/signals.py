"""News of the room for the rooms above."""

from django.dispatch import Signal

# Sent inside the transaction that records a payment: `payment` is the Payment.
payment_recorded = Signal()
