"""What pages ask of `forms_ext`."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Page

from cop_program.extensions import NextStep, Provider
from cop_program.models import FacilitatorPage, Program

from .applications import queries as applications


class FormsProvider(Provider):
    """Answers from the rooms."""

    def next_step(self, program: Program, request: HttpRequest | None) -> NextStep | None:
        return applications.next_step(program, request)

    def contact_url(self, facilitator: FacilitatorPage) -> str:
        if not facilitator.contact_email:
            return ""
        return reverse("forms_ext:facilitator_letter", args=[facilitator.pk])

    def reasons_to_keep(self, pages: Sequence[Page]) -> list[str]:
        return applications.reasons_to_keep(pages)
