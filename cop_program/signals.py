"""Signals of `cop_program`, sent inside the transaction that makes them true."""

from django.dispatch import Signal

#: Sent with `program` (a `Program`) and `page` (its source `ProgramPage`) after each publication of the source page.
program_published = Signal()
