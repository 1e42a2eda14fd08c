"""The page type of the application form."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cop_program.models import Program
from cop_program.translations import page_of

from ..submissions import panels
from ..submissions.cleaned import CleanSubmission, Receipt
from ..submissions.pages import AbstractFormPage
from . import actions
from .models import Application

__all__ = ["ApplicationFormPage"]


class ApplicationFormPage(AbstractFormPage, Page):
    """The form by which people apply; below its program page."""

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "forms_ext/applications/form.html"
    answers_are_submissions = False
    required_roles = ("name", "email")
    content_panels = panels.panels(
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
        return actions.receipt(actions.apply(page=self, submission=submission))

    def find_sent(self, key: str, request: HttpRequest) -> Receipt | None:
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
