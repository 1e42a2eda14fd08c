"""Where an invoice is, found from what its row says."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands."""

    OPEN = "open", _("Open")
    SETTLED = "settled", _("Settled")
    CORRECTED = "corrected", _("Corrected by a credit note")
    DRAWING = "drawing", _("PDF being made")
