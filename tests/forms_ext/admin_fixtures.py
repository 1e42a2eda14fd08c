"""The clock, people, program and applications for tests of staff pages; their conftests take all of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.base import groups, private_files
from forms_ext.forms.models import FormVersion
from forms_ext.submissions.models import Upload
from tests.forms_ext.ledger.factories import make_program

__all__ = ["client_of", "january", "make_application", "make_upload", "program", "reviewer", "staff", "user"]

START = datetime(2024, 1, 10, 17, tzinfo=UTC)
QUESTIONS = {
    "questions": [
        {"type": "long_text", "key": "hopes", "label": "What do you hope for?"},
        {"type": "file", "key": "paper", "label": "Your paper"},
    ]
}
GROUPS = {"editor": groups.EDITORS, "reviewer": groups.REVIEWERS, "staff": groups.STAFF}


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    """Set the clock of every test to January 2024, while people apply."""
    with clock.at(START):
        yield


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def user(db: None) -> Callable[[str], User]:
    """Make or find the user who plays a role."""

    def make(role: str) -> User:
        found = User.objects.filter(username=role).first()
        if found is not None:
            return found
        if role == "administrator":
            return User.objects.create_superuser(role, f"{role}@example.org", "x")
        made = User.objects.create_user(role, f"{role}@example.org", "x")
        made.groups.add(Group.objects.get(name=GROUPS[role]))
        return made

    return make


@pytest.fixture
def client_of(user: Callable[[str], User]) -> Callable[[str], Client]:
    """Return a browser with a logged-in user of the role; CSRF is checked as on a site."""

    def make(role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.force_login(user(role))
        return client

    return make


@pytest.fixture
def make_upload(program: Program) -> Callable[..., Upload]:
    """Keep a file as an answer that was sent."""

    def make(page_id: int | None = None) -> Upload:
        return Upload.objects.create(
            page_id=page_id or program.page_id,
            question_key="paper",
            storage_path=private_files.save("uploads/test/paper.pdf", b"%PDF-1.7 my paper"),
            file_name="my_paper.pdf",
            content_type="application/pdf",
            size=17,
            sha256="0" * 64,
            created_at=START,
            claimed_at=START,
        )

    return make


@pytest.fixture
def staff(client_of: Callable[[str], Client]) -> Client:
    return client_of("staff")


@pytest.fixture
def reviewer(client_of: Callable[[str], Client]) -> Client:
    return client_of("reviewer")


numbers = count(1)


@pytest.fixture
def make_application(program: Program) -> Callable[..., Application]:
    """Create an application that was just sent."""
    version = FormVersion.objects.create(
        page=program.page, number=1, definition=QUESTIONS, sha256="a" * 64, created_at=START - timedelta(days=1)
    )

    def make(**fields: Any) -> Application:
        number = next(numbers)
        values = {
            "program": program,
            "version": version,
            "answers": {"hopes": "More consent"},
            "reference": f"A-2024-{number:04}",
            "name": f"Applicant {number}",
            "email": f"applicant{number}@example.org",
            "country": "CA",
            "submitted_at": START + timedelta(minutes=number),
        } | fields
        return Application.objects.create(**values)

    return make
