"""Statuses of refunds and rebates, derived from their rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DueStatus(models.TextChoices):
    """The status of money to pay out."""

    OPEN = "open", _("To pay")
    UNCOVERED = "uncovered", _("No longer in credit")
    UNPAID = "unpaid", _("Not due")
    PAID = "paid", _("Recorded as paid")
    DROPPED = "dropped", _("Removed from the list")
