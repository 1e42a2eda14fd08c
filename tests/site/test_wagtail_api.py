"""Wagtail's own API in the deployable site: what its database cannot take is refused with 400, never a 500."""

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

HUGE = "9" * 30
ADDRESSES = ["/api/v2/pages/", "/api/v3/pages/", "/api/v3/programs/", "/api/v3/sites/"]
NAMES = ["offset", "limit", "id", "child_of", "descendant_of", "ancestor_of", "translation_of", "locale", "type",
         "search", "slug", "order", "fields", "site", "path", "html_path"]  # fmt: skip
VALUES = [
    HUGE,
    "-" + HUGE,
    str(2**63),
    "1," + HUGE,
    "a\0b",
    "\0",
    "word " * 1000,
    "x" * 5000,
    "-1",
    "",
    "\ud7ff\U0001f600",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_parameter_gives_a_fault(address: str) -> None:
    client = Client(raise_request_exception=False)
    seen = {(name, value[:9]): client.get(address, {name: value}).status_code for name in NAMES for value in VALUES}
    assert {what: status for what, status in seen.items() if status >= 500} == {}


@pytest.mark.parametrize("address", [f"/api/v2/pages/{HUGE}/", f"/api/v3/pages/{HUGE}/"])
def test_no_id_gives_a_fault(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "too large" in answer.json()["detail"]


def test_the_answer_says_what_to_change(client: Client) -> None:
    assert "Shorten “search” to 50 words" in client.get("/api/v2/pages/", {"search": "a " * 51}).json()["detail"]
    assert client.get("/api/v2/pages/", {"search": "a " * 50}).status_code == 200


def test_documents_of_the_api_can_be_off(client: Client, settings: Settings) -> None:
    assert client.get("/api/v3/openapi.json").status_code == 200
    settings.WAGTAILAPI_DOCS_ENABLED = False
    assert client.get("/api/v3/openapi.json").status_code == 404
    assert client.get("/api/v3/docs/").status_code == 404
