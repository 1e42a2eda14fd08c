"""The provider that answers what pages ask of `forms_ext`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from wagtail.models import Page

from cop_program.extensions import NextStep, Places, Provider, Standing
from cop_program.models import FacilitatorPage, Program, ProgramPage, SessionRecord, SessionState

from .admission.places import set_capacity
from .admission.queries import standing
from .programs import program_page, session_changes
from .programs.admin import notices
from .registration.holds import offer_free_places
from .submissions import embedding, queries
from .submissions.pages import AbstractFormPage


class FormsProvider(Provider):
    """Answers from the other packages."""

    def places(self, program: Program) -> Places | None:
        """Return the places of `program`."""
        found = standing(program)
        return Places(capacity=found.capacity, taken=found.taken, held=found.held, waiting=found.waiting)

    def places_changed(self, program: Program, offer_until: datetime | None = None) -> int:
        """Add or delete places; offer what is free to the queue."""
        there = set_capacity(program=program, capacity=program.capacity or 0, changed={program: ("capacity",)})
        if there == program.capacity and program.was_public:
            offer_free_places(program, offer_until)
        return there

    def next_step(self, program: Program, request: HttpRequest | None) -> NextStep | None:
        """Return the next step: apply, or what comes after."""
        return program_page.next_step(program, request)

    def annotations(self) -> Mapping[str, Any]:
        """Ask for the places of a program and its application form with the row of its page."""
        return program_page.annotations()

    def standing(
        self, page: ProgramPage, status: str, values: Mapping[str, Any], address: Callable[[str], str]
    ) -> Standing:
        """Return places and next step from the row."""
        return program_page.standing(page, status, values, address)

    def contact_url(self, facilitator: FacilitatorPage) -> str:
        """Return the URL of the contact form of `facilitator`."""
        if not facilitator.contact_email:
            return ""
        return reverse("forms_ext:facilitator_message", args=[facilitator.pk])

    def is_form(self, page: Page) -> bool:
        """Tell whether `page` has a form that another page may show."""
        return issubclass(page.specific_class or Page, AbstractFormPage) and page.specific_class.may_be_embedded

    def render_form(self, page: Page, request: HttpRequest | None) -> SafeString:
        """Return the HTML of the form of `page`."""
        return embedding.render_form(page, request)

    def reasons_to_keep(self, pages: Sequence[Page]) -> list[str]:
        """Return why pages may not be deleted: people have applied, registered or answered below them."""
        return [*program_page.reasons_to_keep(pages), *queries.reasons_to_keep(pages)]

    def session_changed(self, program: Program, record: SessionRecord, before: SessionState | None) -> None:
        """Collect what the members have to be told."""
        session_changes.collect(program, record, before)

    def session_notice(self, program: Program, request: HttpRequest) -> SafeString:
        """Show an editor what the members will be told, with the buttons *Send now* and *Don't tell*."""
        return notices.of_session_changes(program, request)
