"""A form with steps shows all answers before they are sent, each with a link back to it."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import opened, send, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain, pytest.mark.usefixtures("january")]
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    *factories.APPLICATION,
    ("step", {"title": "Your wishes"}),
    ("choices", {"label": "Days", "choices": "Monday\nTuesday\nFriday"}),
    ("checkbox", {"label": "Remote", "required": False}),
    ("file", {"label": "Paper", "required": False}),
]
MORE = {"hopes": 'Two\r\n"lines" & more', "country": "CA", "days": ["Monday", "Friday"]}


@pytest.fixture
def stepped(form_page: ApplicationFormPage) -> Any:
    return factories.publish(form_page, QUESTIONS)


def carried(html: str) -> dict[str, Any]:
    """Return what the hidden fields of the page of answers send."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html):
        found.setdefault(name, []).append(unescape(value))
    return found


def test_answers_are_shown_before_they_are_sent(client: Client, stepped: Any) -> None:
    assert "Continue to check your answers" in client.get(stepped.url).text
    paper = SimpleUploadedFile("plan.pdf", b"%PDF-1")
    page = send(client, stepped, opened(client, stepped), _go="check", paper=paper, **MORE)
    assert page.status_code == 200
    assert not Application.objects.exists()
    text = page.text
    assert "<h1>Check your answers</h1>" in text
    assert text.index("Your wishes") < text.index("Monday, Friday")
    for answer in ("Ada Sample", "Canada", "plan.pdf", "<dt>Remote</dt>"):
        assert answer in text
    assert text.count('value="change"') == len(QUESTIONS) - 1
    answers = carried(text) | {"_go": "send"}
    sent = client.post(f"/go/form/{stepped.pk}/", answers)
    assert sent.status_code == 409  # as quick as a machine, since the clock stands still
    assert send(client, stepped, **answers_of(answers)).status_code == 302
    application = Application.objects.get()
    assert application.answers["days"] == ["Monday", "Friday"]
    assert application.answers["hopes"].splitlines() == ["Two", '"lines" & more']
    assert application.answers["paper"]["name"] == "plan.pdf"


def answers_of(carried: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `send` for what a page carries."""
    rest = {name: value for name, value in carried.items() if name != "_token"}
    [token] = carried["_token"]
    return {"token": token, **rest}


def test_changing_an_answer_shows_the_form_with_everything_in_it(client: Client, stepped: Any) -> None:
    page = send(client, stepped, opened(client, stepped), _go="check", **MORE)
    assert f'formaction="/go/form/{stepped.pk}/#id_days_0"' in page.text
    form = send(client, stepped, **answers_of(carried(page.text) | {"_go": "change"}))
    assert form.status_code == 200
    assert "error-summary" not in form.text
    assert 'value="Ada Sample"' in form.text
    assert len(re.findall(r'name="days" value="(?:Monday|Friday)"[^>]* checked', form.text)) == 2
    again = send(client, stepped, token_of(form.text), after=90, _go="check", **MORE | {"hopes": "Changed"})
    assert "Changed" in again.text
    assert send(client, stepped, after=95, **answers_of(carried(again.text) | {"_go": "send"})).status_code == 302


def test_wrong_answers_are_mended_before_the_page_of_answers(client: Client, stepped: Any) -> None:
    page = send(client, stepped, opened(client, stepped), _go="check", **MORE | {"email": "no"})
    assert page.status_code == 422
    assert 'href="#id_email"' in page.text


def test_a_hidden_answer_that_was_altered_is_checked_again(client: Client, stepped: Any) -> None:
    page = send(client, stepped, opened(client, stepped), _go="check", **MORE)
    response = send(client, stepped, **answers_of(carried(page.text) | {"_go": "send", "size": "Huge"}))
    assert response.status_code == 422
    assert not Application.objects.exists()


def test_a_version_published_while_answers_are_checked_loses_nothing(client: Client, stepped: Any) -> None:
    page = send(client, stepped, opened(client, stepped), _go="check", **MORE)
    stepped = factories.publish(stepped, [*QUESTIONS, ("text", {"label": "One more", "required": False})])
    for go in ("send", "change"):
        response = send(client, stepped, **answers_of(carried(page.text) | {"_go": go}))
        assert response.status_code == 409
        assert 'value="Ada Sample"' in response.text
        assert "The form has changed" in response.text
