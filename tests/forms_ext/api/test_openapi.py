"""The OpenAPI document against the responses: schemathesis finds no 5xx and nothing undocumented."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import jsonschema
import pytest
import schemathesis
from django.contrib.auth.models import Group, User
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from wagtail.models import APIToken

from forms_ext.base.groups import STAFF
from tests.conftest import SOAK
from tests.forms_ext.admission import factories
from tests.forms_ext.api.conftest import ANSWERS, Shown

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = {
    "programs_list", "programs_detail", "forms_read", "forms_send", "forms_send_file", "staff_applications",
    "staff_registrations", "staff_invoices",
}  # fmt: skip


@contextmanager
def connection_kept() -> Iterator[None]:
    """Keep requests from closing the connection with the test's data; Django's own client does so itself."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


def document() -> dict[str, Any]:
    response = Client().get("/cop/openapi.json")
    assert response.status_code == 200
    return response.json()


def test_the_document_describes_our_endpoints_alone() -> None:
    paths = document()["paths"]
    assert {one["operationId"] for path in paths.values() for one in path.values()} == OPERATIONS
    whole = Client().get("/api/v3/openapi.json").json()
    assert set(paths) < set(whole["paths"])
    assert {one["operationId"] for path in whole["paths"].values() for one in path.values()} > OPERATIONS


def test_only_what_staff_read_asks_for_a_token() -> None:
    operations = [one for path in document()["paths"].values() for one in path.values()]
    asking = {one["operationId"] for one in operations if one.get("security")}
    assert asking == {name for name in OPERATIONS if name.startswith("staff_")}


def test_it_can_be_turned_off(settings: Any) -> None:
    settings.WAGTAILAPI_DOCS_ENABLED = False
    assert Client().get("/cop/openapi.json").status_code == 404


def test_each_reference_leads_somewhere() -> None:
    found = document()
    text = json.dumps(found)
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names == set(found["components"]["schemas"])
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.hypothesis
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_schemathesis_finds_nothing(name: str, shown: Shown, settings: Any) -> None:
    """Requests made from the document, valid and not, beside the ids, links and tokens that are really there."""
    settings.COP_RATE_LIMIT_ADDRESS = settings.COP_RATE_LIMIT_RECIPIENT = 0
    settings.DEBUG = False
    invitation = shown.invite(9001)
    user = User.objects.create_user("reader")
    user.groups.add(Group.objects.get(name=STAFF))
    _made, token = APIToken.create_token(user=user, name="Test")
    factories.pay(factories.make_registration(shown.program, 9002))
    schema = schemathesis.openapi.from_dict(document())
    site = get_wsgi_application()
    (operation,) = [
        found.ok() for found in schema.get_all_operations() if found.ok().definition.raw["operationId"] == name
    ]
    forms = [shown.form.pk, shown.registration_form.pk, shown.program.page.pk]
    pages = hypothesis.strategies.sampled_from(forms) | hypothesis.strategies.none()
    chosen = hypothesis.strategies.sampled_from([0, 1, 2])

    @hypothesis.settings(
        max_examples=300 if SOAK else 25, deadline=None, derandomize=not SOAK, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(), page=pages, kind=chosen)
    def run(case: Any, page: int | None, kind: int) -> None:
        if page is not None and "page_id" in (case.path_parameters or {}):
            case.path_parameters["page_id"] = page
        case.headers = dict(case.headers or {})
        if kind:
            case.headers["Cop-Invitation"] = invitation
            case.headers["Authorization"] = f"Bearer {token}"
        if kind == 2 and name == "forms_send":
            case.body = {"answers": ANSWERS}
        case.call_and_validate(app=site, checks=CHECKS)

    with connection_kept():
        run()
