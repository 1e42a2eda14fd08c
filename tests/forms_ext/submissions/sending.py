"""A visitor who opens a form and sends it."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from cop_program import clock
from forms_ext.submissions.pages import AbstractFormPage
from tests.forms_ext.forms.factories import START

ANSWERS = {"your_name": "Ada Sample", "email": "ada@example.org", "size": "Small", "hopes": "Less <b>alone</b>"}
REGISTERING = {
    "your_name": "Person 1",
    "email": "person1@example.org",
    "billing_name": "Payer",
    "billing_address": "1 First Street",
    "country": "CA",
    "i_accept": "on",
}


def token_of(html: str) -> str:
    """Return the token of a form that is shown."""
    found = re.search(r'name="_token" value="([^"]+)"', html)
    assert found
    return found[1]


def opened(client: Client, form_page: AbstractFormPage) -> str:
    """Open the form and return its token."""
    response = client.get(form_page.url)
    assert response.status_code == 200
    return token_of(response.text)


def send(client: Client, form_page: AbstractFormPage, token: str, *, after: int = 30, **answers: Any) -> Any:
    """Send the form `after` as many seconds."""
    with clock.at(START + timedelta(seconds=after)):
        return client.post(f"/go/form/{form_page.pk}/", {**ANSWERS, "_token": token, **answers})
