"""Form pages for tests."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from wagtail.models import Page

from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions.pages import AbstractFormPage

START = datetime(2024, 1, 10, 17, tzinfo=UTC)
APPLICATION: list[tuple[str, dict[str, Any]]] = [
    ("text", {"label": "Your name", "required": True, "role": "name"}),
    ("email", {"label": "Email", "required": True, "role": "email"}),
    ("choice", {"label": "Size", "choices": "Small\nLarge", "required": True}),
    ("country", {"label": "Country", "required": False, "role": "country"}),
    ("long_text", {"label": "Hopes", "required": False}),
]

REGISTRATION: list[tuple[str, dict[str, Any]]] = [
    ("text", {"label": "Your name", "required": True, "role": "name"}),
    ("email", {"label": "Email", "required": True, "role": "email"}),
    ("text", {"label": "Billing name", "required": True, "role": "billing_name"}),
    ("long_text", {"label": "Billing address", "required": True, "role": "billing_address"}),
    ("country", {"label": "Country", "required": True, "role": "country"}),
    ("consent", {"label": "I accept", "required": True, "role": "policy_consent"}),
]


def stream(questions: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return raw stream data; a block of the same type and label always has the same id."""
    return [
        {
            "type": kind,
            "value": value,
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {value.get('label') or value['title']}")),
        }
        for kind, value in questions
    ]


def publish(page: AbstractFormPage, questions: Sequence[tuple[str, Any]] | None = None) -> AbstractFormPage:
    """Publish `page` with `questions` (or those it has)."""
    if questions is not None:
        page.questions = page.questions.stream_block.to_python(stream(questions))
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def make_application_form(parent: Page, questions: Sequence[tuple[str, Any]] = APPLICATION) -> ApplicationFormPage:
    """Return a published application form below the program page `parent`."""
    page = ApplicationFormPage(title="Apply", slug="apply", live=False)
    parent.add_child(instance=page)
    return publish(page, questions)


def make_registration_form(parent: Page) -> RegistrationFormPage:
    """Return a published registration form below the program page `parent`."""
    page = RegistrationFormPage(title="Register", slug="register", live=False)
    parent.add_child(instance=page)
    return publish(page, REGISTRATION)  # type: ignore[return-value]
