from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.text import slugify
from wagtail.models import Site

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms import factories
from tests.forms_ext.ledger.factories import make_program

QUESTIONS: list[tuple[str, Any]] = [
    ("text", {"label": "Your name", "required": True, "role": "name"}),
    ("email", {"label": "Email", "required": True, "role": "email"}),
    ("file", {"label": "Paper", "required": False}),
]


@pytest.fixture
def january() -> Iterator[None]:
    """Set the clock to 10 January 2024, before the application deadline."""
    with clock.at(factories.START):
        yield


@pytest.fixture
def program(db: None) -> Program:
    """A published program, on the default site."""
    program = make_program(title="Culture", slug="culture")
    program.page.save_revision().publish()
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    return Program.objects.select_related("page").get(pk=program.pk)


@pytest.fixture
def form_page(program: Program) -> ApplicationFormPage:
    """A published application form below the program."""
    return factories.make_application_form(program.page)


@pytest.fixture
def plain_form(program: Program) -> Callable[..., FormPage]:
    """Create a published form that belongs to no program."""

    def make(title: str = "Newsletter") -> FormPage:
        page = FormPage(title=title, slug=slugify(title), live=False)
        program.page.get_parent().add_child(instance=page)
        return factories.publish(page, QUESTIONS)  # type: ignore[return-value]

    return make
