"""What pages ask of `forms_ext`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from wagtail.models import Page

from cop_program.extensions import NextStep, Provider, Seats, Standing
from cop_program.models import FacilitatorPage, Program, ProgramPage


class FormsProvider(Provider):
    """Answers from the rooms."""

    def seats(self, program: Program) -> Seats | None:
        """Return the places of `program`."""
        from .admission.queries import standing

        found = standing(program)
        return Seats(capacity=found.capacity, taken=found.taken, held=found.held, waiting=found.waiting)

    def next_step(self, program: Program, request: HttpRequest | None) -> NextStep | None:
        """Return the next step: to apply, else what comes after."""
        from .registration import steps

        return steps.next_step(program, request)

    def annotations(self) -> Mapping[str, Any]:
        """Ask for the places of a program and its application form with the row of its page."""
        from .registration import steps

        return steps.annotations()

    def standing(
        self, page: ProgramPage, status: str, values: Mapping[str, Any], address: Callable[[str], str]
    ) -> Standing:
        """Return places and next step from the row."""
        from .registration import steps

        return steps.standing(page, status, values, address)

    def contact_url(self, facilitator: FacilitatorPage) -> str:
        """Return the address of the form that writes to `facilitator`."""
        if not facilitator.contact_email:
            return ""
        return reverse("forms_ext:facilitator_letter", args=[facilitator.pk])

    def is_form(self, page: Page) -> bool:
        """Tell whether `page` has a form that another page may show."""
        from .forms.models import AbstractFormPage

        return issubclass(page.specific_class or Page, AbstractFormPage) and page.specific_class.may_be_embedded

    def render_form(self, page: Page, request: HttpRequest) -> SafeString:
        """Return the HTML of the form of `page`."""
        from .forms import embedding

        return embedding.render(page, request)

    def reasons_to_keep(self, pages: Sequence[Page]) -> list[str]:
        """Return why pages may not be deleted: people have applied, registered or answered below them."""
        from .forms import queries
        from .registration import steps

        return [*steps.reasons_to_keep(pages), *queries.reasons_to_keep(pages)]

    def session_changed(self, program: Program, session_page_id: int, what: str) -> None:
        """Tell the members of a confirmed program of a new or changed link."""
        from .registration import steps

        steps.session_changed(program, session_page_id, what)
