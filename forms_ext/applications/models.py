"""The application and the notes of staff on it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_program.fields import CountryColumn, CountryField, EmailField
from cop_program.models import Program

from ..base.search import SearchedModel
from ..submissions.models import AnswerSet

__all__ = ["Application", "ApplicationCorrection", "ApplicationNote"]


class Application(SearchedModel, AnswerSet):
    """An application to a program.

    The columns from `name` to `time_zone` repeat the answers with that role, for the list. Staff may correct name and
    email; the answers stay as they were sent.
    """

    searched = ("name", "email", "organization", "reference")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Awaiting decision")
        ACCEPTED = "accepted", _("Accepted")
        WAITLISTED = "waitlisted", _("Waitlisted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        PAGE = "page", _("Form page")
        STAFF = "staff", _("Added by staff")
        API = "api", _("API")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="applications")
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.SUBMITTED)
    state_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    source = models.CharField(_("received through"), max_length=5, choices=Source, default=Source.PAGE)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200)
    email = EmailField(_("email"))
    country: CountryColumn = CountryField(_("country"), blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        permissions = [
            ("review_application", _("Can read applications and leave notes")),
            ("decide_application", _("Can decide applications and add them on behalf of people")),
        ]
        indexes = [
            models.Index(fields=["program", "state", "-submitted_at"], name="forms_ext_application_list"),
            models.Index(Lower("email"), name="forms_ext_application_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["submitted", "accepted", "waitlisted", "declined", "withdrawn"]),
                name="forms_ext_application_state_is_known",
            ),
        ]

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing is decided any more because the program is cancelled."""
        undone = {self.State.SUBMITTED, self.State.WAITLISTED, self.State.ACCEPTED}
        return self.state in undone and self.program.status == Program.Status.CALLED_OFF

    @property
    def status_text(self) -> str:
        """What staff read: the status, or that the program is cancelled."""
        return gettext("Program cancelled") if self.is_closed else self.get_state_display()

    def __str__(self) -> str:
        return self.reference


class Correction(models.Model):
    """A name or email address that staff corrected, as it was and as it is since then."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    corrected_at = models.DateTimeField()
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    name_before = models.CharField(max_length=200)
    name_after = models.CharField(max_length=200)
    email_before = models.EmailField()
    email_after = models.EmailField()

    class Meta:
        abstract = True
        ordering = ["corrected_at", "pk"]

    @property
    def changes(self) -> list[str]:
        """What was corrected, in words: "Name: Jon Smiht → Jon Smith"."""
        pairs = [
            (gettext("Name: %(before)s → %(after)s"), self.name_before, self.name_after),
            (gettext("Email: %(before)s → %(after)s"), self.email_before, self.email_after),
        ]
        return [words % {"before": before, "after": after} for words, before, after in pairs if before != after]

    @property
    def text(self) -> str:
        """What was corrected, and why."""
        return "\n".join(filter(None, [*self.changes, self.reason]))


class ApplicationCorrection(Correction):
    """A correction of an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="corrections")

    class Meta(Correction.Meta):
        verbose_name = _("correction of an application")
        verbose_name_plural = _("corrections of applications")

    def __str__(self) -> str:
        return f"{self.application_id} {self.pk}"


class ApplicationNote(models.Model):
    """A note that a reviewer or staff member left on an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("note"), max_length=4000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.pk}"
