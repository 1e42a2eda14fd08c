"""The status of an invoice, found from its row."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceStatus(models.TextChoices):
    """The status of an invoice."""

    OPEN = "open", _("Open")
    SETTLED = "settled", _("Settled")
    CORRECTED = "corrected", _("Cancelled by a credit note")
    DRAWING = "drawing", _("Creating PDF")
