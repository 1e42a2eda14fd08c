"""The application form, the application, and what staff note on it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from wagtail.models import Page

from cop_program.models import Program
from cop_program.translations import page_of

from ..forms import editor
from ..forms.models import AbstractFormPage, AnswerSet
from ..forms.submissions import CleanSubmission, Receipt

__all__ = ["Application", "ApplicationFormPage", "ApplicationNote"]


class ApplicationFormPage(AbstractFormPage, Page):
    """The form by which people apply; below its program page."""

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "forms_ext/applications/form.html"
    answers_are_submissions = False
    required_roles = ("name", "email")
    content_panels = editor.panels(
        required_roles,
        introduction=_("Below the program's name and the deadline, which stand there by themselves."),
        button=_("“Send my application” if empty."),
    )

    @property
    def program(self) -> "Program | None":
        """The program that people apply to here."""
        parent = self.get_parent()
        return Program.objects.select_related("page").filter(translation_key=parent.translation_key).first()

    def closes_at(self) -> datetime | None:
        program = self.program
        return program.page.application_closes_at if program else None

    def is_open(self, moment: datetime) -> bool:
        program = self.program
        is_running = program and program.was_public and program.status == Program.Status.OPEN
        return bool(is_running and super().is_open(moment))

    def accept_submission(self, submission: CleanSubmission, request: HttpRequest | None) -> Receipt:
        from . import actions

        return actions.receipt(actions.apply(page=self, submission=submission))

    def find_sent(self, key: str, request: HttpRequest) -> Receipt | None:
        from . import actions

        earlier = Application.objects.filter(idempotency_key=key).first()
        return actions.receipt(earlier) if earlier else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        program = self.program
        if program is None:
            return context | {"program": None}
        return context | {
            "program": program,
            "program_page": page_of(program, self.get_parent().locale.language_code),
            "apply_until": program.page.deadline("application"),
        }

    class Meta:
        verbose_name = _("application form")
        verbose_name_plural = _("application forms")


class Application(AnswerSet):
    """Somebody's application to a program.

    The columns from `name` to `time_zone` repeat the answers whose questions have that role, for the register.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("To decide")
        ACCEPTED = "accepted", _("Accepted")
        WAITLISTED = "waitlisted", _("On the waiting list")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        PAGE = "page", _("Page")
        STAFF = "staff", _("Entered by staff")
        API = "api", _("API")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="applications")
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    state_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    source = models.CharField(_("entered through"), max_length=5, choices=Source, default=Source.PAGE)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"))
    country = CountryField(_("country"), blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        permissions = [
            ("review_application", _("Can read applications and leave notes")),
            ("decide_application", _("Can decide applications and enter them on behalf of people")),
        ]
        indexes = [models.Index(fields=["program", "state", "-submitted_at"], name="forms_ext_application_list")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["submitted", "accepted", "waitlisted", "declined", "withdrawn"]),
                name="forms_ext_application_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


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
