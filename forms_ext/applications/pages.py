"""The page type of the application form."""

from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cop_program import journey
from cop_program.intake import Intake, of_program
from cop_program.models import Program
from cop_program.translations import page_of

from ..mail.sender import sender_address
from ..submissions import panels
from ..submissions.cleaned import CleanSubmission, Receipt
from ..submissions.pages import AbstractFormPage
from . import actions
from .models import Application

__all__ = ["ApplicationFormPage"]


class ApplicationFormPage(AbstractFormPage, Page):
    """The form by which people apply; below its program page."""

    page_description = _("The form by which people apply to the program.")

    page_ptr = models.OneToOneField(
        Page, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="%(app_label)s_%(class)s"
    )

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "forms_ext/applications/form.html"
    answers_are_submissions = False
    required_roles = ("name", "email")
    sent_template = "forms_ext/applications/sent.html"
    content_panels = panels.panels(
        required_roles,
        introduction=_("Appears below the program's name and deadline, which are added automatically."),
        button=_("“Send application” if empty."),
    )

    @property
    def program(self) -> "Program | None":
        """The program that people apply to here."""
        parent = self.get_parent()
        return Program.objects.select_related("page").filter(translation_key=parent.translation_key).first()

    def closes_at(self) -> datetime | None:
        program = self.program
        return program.page.application_closes_at if program else None

    def intake(self) -> Intake | None:
        """Return whether the program takes applications now; None if there is none."""
        program = self.program
        return of_program(program, has_form=program.was_public) if program else None

    def is_open(self, moment: datetime) -> bool:
        found = self.intake()
        return bool(found and found.is_open)

    def why_closed(self) -> str:
        found = self.intake()
        return found.sentence if found else super().why_closed()

    def notice_for(self, request: HttpRequest) -> str:
        found = self.intake()
        return found.sentence if found and found.is_full else ""

    def accept_submission(self, submission: CleanSubmission, request: HttpRequest) -> Receipt:
        return actions.receipt(actions.apply(page=self, submission=submission))

    def find_sent(self, key: str, request: HttpRequest, token: str | None = None) -> Receipt | None:
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
            "applying": journey.applying(program),
            "applied": journey.standing(journey.Facts()),
            "write_to": sender_address(),
        }

    class Meta:
        verbose_name = _("application form")
        verbose_name_plural = _("application forms")
