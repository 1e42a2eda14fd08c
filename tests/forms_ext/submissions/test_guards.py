"""Every guard at every way in: page, frame, API, message to a facilitator. The same refusal wherever it applies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cop_program import clock
from forms_ext.forms.models import FormVersion
from tests.forms_ext.submissions.sending import token_of
from tests.forms_ext.test_limits import (
    SENT,
    Sender,
    form_page,  # noqa: F401
    january,  # noqa: F401
    plain_form,  # noqa: F401
    program,  # noqa: F401
    sender,  # noqa: F401
)

pytestmark = [pytest.mark.django_db, pytest.mark.domain, pytest.mark.usefixtures("january")]
MINUTE = timedelta(minutes=1)
TOKEN, BROWSER, ALL = {"page", "frame", "letter"}, {"page", "frame"}, set(SENT)
DEADLINE = {"page", "frame", "api"}


def _post(sender: Sender, *, after: timedelta = MINUTE, key: str = "", **data: str | None) -> Any:  # noqa: F811
    """Open the form and send it `after` a while; a value of None leaves the field out."""
    client = Client(REMOTE_ADDR="203.0.113.9")
    if sender.name == "api":
        answers = sender.answers | {name: value for name, value in data.items() if not name.startswith("_")}
        with clock.at(clock.now() + after):
            body = {"answers": {name: value for name, value in answers.items() if value}}
            headers = {"Idempotency-Key": key} if key else {}
            return client.post(sender.address, body, content_type="application/json", headers=headers)
    posted = sender.answers | {"_token": token_of(client.get(sender.shown_at).text)} | data
    with clock.at(clock.now() + after):
        return client.post(sender.address, {name: value for name, value in posted.items() if value is not None})


def _no_token(sender: Sender, settings: Any) -> Any:  # noqa: F811
    return _post(sender, _token=None)


def _altered(sender: Sender, settings: Any) -> Any:  # noqa: F811
    return _post(sender, _token="WzEsMl0:altered")


def _stale(sender: Sender, settings: Any) -> Any:  # noqa: F811
    settings.COP_FORM_TOKEN_SECONDS = 30
    return _post(sender)


def _trapped(sender: Sender, settings: Any) -> Any:  # noqa: F811
    return _post(sender, fax_number="0")


def _hasty(sender: Sender, settings: Any) -> Any:  # noqa: F811
    return _post(sender, after=timedelta(seconds=1))


def _changed(sender: Sender, settings: Any) -> Any:  # noqa: F811
    version = FormVersion.objects.latest("pk")
    token = token_of(Client().get(sender.shown_at).text)
    FormVersion.objects.create(
        page_id=version.page_id,
        number=version.number + 1,
        definition=version.definition,
        sha256="0" * 64,
        created_at=clock.now(),
    )
    return _post(sender, _token=token)


def _closed(sender: Sender, settings: Any) -> Any:  # noqa: F811
    return _post(sender, after=timedelta(days=400), _token=token_of(Client().get(sender.shown_at).text))


def _flood(sender: Sender, settings: Any) -> Any:  # noqa: F811
    settings.COP_RATE_LIMIT_ATTEMPTS = 1
    _post(sender, email="no")
    return _post(sender)


def _sent_often(sender: Sender, settings: Any) -> Any:  # noqa: F811
    settings.COP_RATE_LIMIT_ADDRESS = 1
    assert _post(sender).status_code == SENT[sender.name]
    return _post(sender)


def _too_large(sender: Sender, settings: Any) -> Any:  # noqa: F811
    name = "message" if sender.name == "letter" else "hopes"
    return _post(sender, **{name: "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})


#: Each guard, what meets it, at which ways in, and how they answer. The API has no form that could bear a token.
TABLE: list[tuple[Callable[[Sender, Any], Any], set[str], int]] = [
    (_no_token, TOKEN, 409),
    (_altered, TOKEN, 409),
    (_stale, TOKEN, 409),
    (_trapped, TOKEN, 409),
    (_hasty, TOKEN, 409),
    (_changed, BROWSER, 409),
    (_closed, DEADLINE, 409),
    (_flood, ALL, 429),
    (_sent_often, ALL, 429),
    (_too_large, ALL, 413),
]


@pytest.mark.parametrize(("meet", "doors", "status"), TABLE, ids=[row[0].__name__.strip("_") for row in TABLE])
def test_a_guard_refuses_alike_wherever_it_stands(
    meet: Callable[[Sender, Any], Any],
    doors: set[str],
    status: int,
    sender: Sender,  # noqa: F811
    settings: Any,
) -> None:
    if sender.name not in doors:
        pytest.skip("It does not stand here.")
    taken = sender.taken()
    response = meet(sender, settings)
    assert response.status_code == status
    assert sender.taken() - taken == (1 if meet is _sent_often else 0)
    assert ("Retry-After" in response) == (status == 429)


def test_the_same_post_again_gets_the_same_answer(sender: Sender) -> None:  # noqa: F811
    token = None if sender.name == "api" else token_of(Client().get(sender.shown_at).text)
    first, again = (_post(sender, key="once", _token=token) for _ in range(2))
    assert (first.status_code, sender.taken()) == (SENT[sender.name], 1)
    assert (again.status_code, again.get("Location"), again.content) == (
        first.status_code,
        first.get("Location"),
        first.content,
    )
