"""States that staff read of money, found from what the rows say."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceState(models.TextChoices):
    """Where an invoice stands."""

    OPEN = "open", _("Open")
    SETTLED = "settled", _("Settled")
    CORRECTED = "corrected", _("Corrected by a credit note")
    DRAWING = "drawing", _("PDF being made")


class Due(models.TextChoices):
    """Where money to pay out stands."""

    OPEN = "open", _("To pay")
    UNCOVERED = "uncovered", _("No longer in credit")
    UNPAID = "unpaid", _("Not due: something is owed")
    PAID = "paid", _("Recorded as paid")
    DROPPED = "dropped", _("Taken off the list")
