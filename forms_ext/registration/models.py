"""The registration form behind the gate, the member, and the program confirmed or called off."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from wagtail.fields import RichTextField
from wagtail.models import Page

from ..forms import editor
from ..forms.models import AbstractFormPage, AnswerSet

__all__ = ["GoItem", "GoRun", "Registration", "RegistrationFormPage"]


class RegistrationFormPage(AbstractFormPage, Page):
    """The form by which accepted people register; below its program page, behind the gate."""

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "forms_ext/registration_form_page.html"
    answers_are_submissions = False
    may_be_embedded = False  # nothing of it without an invitation
    has_language_links = False  # the personal link leads to the form in its holder's language
    required_roles = ("name", "email", "country", "billing_name", "billing_address", "policy_consent")
    content_panels = editor.panels(
        required_roles,
        introduction=_(
            "Only accepted people see this form, by their personal link. What they answered in their application "
            "stands in it already; the program's cancellation policy stands above its box by itself."
        ),
        button=_("“Register” if empty. Whoever has registered is led to their private page."),
        has_thanks=False,
    )

    class Meta:
        verbose_name = _("registration form")
        verbose_name_plural = _("registration forms")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show and take the form only behind the gate, on every request."""
        from . import pages

        return pages.serve(self, request)

    def initial_answers(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what the person whom the gate let in has answered in the application."""
        from . import pages

        return pages.prefill(self, request.cop_invitation)  # type: ignore[attr-defined]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the template the program with its policy and its cancellation deadline, in the preview, too."""
        from . import pages

        return super().get_context(request, *args, **kwargs) | pages.around(self)

    def accept_submission(self, submission: Any, request: HttpRequest | None) -> Any:
        """Register whom the gate let in and lead on to their private page."""
        from . import pages

        return pages.accept(self, submission, request)

    def find_sent(self, key: str, request: HttpRequest) -> Any:
        """Lead whom the gate has let in back to the private page of what this form has made."""
        from . import pages

        return pages.find_sent(request, key)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[Any]:
        """Keep the form out of site maps."""
        return []

    def closes_at(self) -> datetime | None:
        """Each invitation has its own end; the gate reads it."""
        return None


class Registration(AnswerSet):
    """An accepted person's registration: waiting for a seat, holding one, a member, or ended."""

    class State(models.TextChoices):
        WAITING = "waiting", _("In the queue")
        HELD = "held", _("Seat held")
        MEMBER = "member", _("Member")
        LAPSED = "lapsed", _("Hold ended")
        CANCELLED = "cancelled", _("Cancelled")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="registrations")
    invitation = models.OneToOneField("forms_ext.Invitation", on_delete=models.PROTECT, related_name="registration")
    account = models.OneToOneField(
        "forms_ext.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="registration"
    )
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State)
    state_changed_at = models.DateTimeField()
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"))
    country = CountryField(_("country"))
    billing_name = models.CharField(_("billing name"), max_length=200)
    billing_address = models.TextField(_("billing address"), max_length=600)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    policy = RichTextField(_("cancellation policy accepted"), editable=False)
    deposit_amount = models.DecimalField(
        _("deposit"), max_digits=18, decimal_places=3, default=0, editable=False, help_text=_("Frozen on registering.")
    )
    page_counter = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-submitted_at", "-pk"]
        permissions = [("manage_registration", _("Can record deposits, cancel registrations and confirm programs"))]
        indexes = [models.Index(fields=["program", "state"], name="forms_ext_registration_list")]

    def __str__(self) -> str:
        return self.reference


class GoRun(models.Model):
    """A program confirmed or called off: who said so, when, and how far its work has come.

    `reason` is for colleagues, `message` is what people are told.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmed")
        CALL_OFF = "call_off", _("Called off")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="go_runs")
    kind = models.CharField(max_length=8, choices=Kind)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    message = models.TextField(_("message"), max_length=2000, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["program", "kind"], name="forms_ext_go_run_once")]

    def __str__(self) -> str:
        return f"{self.program_id} {self.kind}"


class GoItem(models.Model):
    """One registration of a run, or one application without a registration: to do, done or failed."""

    class State(models.TextChoices):
        TODO = "todo", _("Remaining")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    run = models.ForeignKey(GoRun, on_delete=models.CASCADE, related_name="items")
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.PROTECT, related_name="go_items"
    )
    application = models.ForeignKey(
        "forms_ext.Application", null=True, blank=True, on_delete=models.PROTECT, related_name="go_items"
    )
    state = models.CharField(max_length=6, choices=State, default=State.TODO)
    error = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "registration"], name="forms_ext_go_item_once"),
            models.UniqueConstraint(fields=["run", "application"], name="forms_ext_go_item_application_once"),
            models.CheckConstraint(
                condition=models.Q(registration__isnull=True) ^ models.Q(application__isnull=True),
                name="forms_ext_go_item_is_about_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.registration_id or self.application_id}"
