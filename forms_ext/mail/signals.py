"""News of this room for those above."""

from django.dispatch import Signal

# Sent inside the transaction that marks a mail as refused for good, with `mail`.
bounced = Signal()
