"""The registration form behind the gate, the member, and the program confirmed or cancelled."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from cop_program.fields import CountryColumn, CountryField, EmailField

from ..applications.models import Correction
from ..base.search import SearchedModel
from ..submissions.models import AnswerSet

__all__ = ["Registration", "RegistrationCorrection"]


class Registration(SearchedModel, AnswerSet):
    """An accepted person's registration: waiting for a place, holding one, a member, or ended."""

    searched = ("name", "email", "reference", "billing_name")

    class State(models.TextChoices):
        WAITING = "waiting", _("In the queue")
        HELD = "held", _("Place held")
        MEMBER = "member", _("Member")
        LAPSED = "lapsed", _("Hold expired")
        CANCELLED = "cancelled", _("Cancelled")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="registrations")
    invitation = models.OneToOneField("forms_ext.Invitation", on_delete=models.PROTECT, related_name="registration")
    account = models.OneToOneField(
        "forms_ext.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="registration"
    )
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("status"), max_length=10, choices=State)
    state_changed_at = models.DateTimeField()
    name = models.CharField(_("name"), max_length=200)
    email = EmailField(_("email"))
    country: CountryColumn = CountryField(_("country"))
    billing_name = models.CharField(_("billing name"), max_length=200)
    billing_address = models.TextField(_("billing address"), max_length=600)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    policy = RichTextField(_("cancellation policy accepted"), editable=False)
    refund_terms = models.JSONField(_("refunds accepted"), default=list, editable=False)
    deposit_amount = models.DecimalField(
        _("deposit"),
        max_digits=18,
        decimal_places=3,
        default=0,
        editable=False,
        help_text=_("Set when the person registers. Never changes."),
    )
    page_counter = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    transfer_announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-submitted_at", "-pk"]
        permissions = [("manage_registration", _("Can record deposits, cancel registrations and confirm programs"))]
        indexes = [
            models.Index(fields=["program", "state"], name="forms_ext_registration_list"),
            models.Index(Lower("email"), name="forms_ext_registration_email"),
        ]

    def __str__(self) -> str:
        return self.reference


class RegistrationCorrection(Correction):
    """A correction of a registration."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="corrections")

    class Meta(Correction.Meta):
        verbose_name = _("correction of a registration")
        verbose_name_plural = _("corrections of registrations")

    def __str__(self) -> str:
        return f"{self.registration_id} {self.pk}"
