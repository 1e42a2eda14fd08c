"""A program on the site with both forms published, on 20 January 2024."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.registration.pages import RegistrationFormPage
from tests.forms_ext.admission import factories
from tests.forms_ext.forms.factories import make_application_form, make_registration_form

ANSWERS = {
    "your_name": "Mara Lind",
    "email": "mara@example.org",
    "size": "Small",
    "country": "CA",
}
REGISTRATION = {
    "your_name": "Mara Lind",
    "email": "mara@example.org",
    "billing_name": "Lind Ltd",
    "billing_address": "1 First Street",
    "country": "CA",
    "i_accept": True,
}


@dataclass
class Shown:
    """The program and its forms."""

    program: Program
    form: ApplicationFormPage
    registration_form: RegistrationFormPage

    @property
    def api(self) -> str:
        return f"/api/v3/forms/{self.form.pk}/"

    @property
    def registration_api(self) -> str:
        return f"/api/v3/forms/{self.registration_form.pk}/"

    def invite(self, number: int = 1) -> str:
        """Accept an applicant; return the token of the link."""
        return factories.accept(factories.make_application(self.program, number))[1]


def at(moment: datetime) -> Any:
    return clock.at(moment)


def post(path: str, answers: Any, **headers: str) -> Any:
    return Client().post(path, {"answers": answers}, content_type="application/json", headers=headers)


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    with clock.at(factories.START):
        yield


@pytest.fixture
def shown(db: None) -> Shown:
    program = factories.open_program(cancellation_policy="<p>It is kept after that.</p>")
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    form = make_application_form(program.page)
    return Shown(program, form, make_registration_form(program.page))
