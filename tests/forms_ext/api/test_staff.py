"""What staff read with a token: by role, read-only."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from wagtail.models import APIToken

from forms_ext.base.groups import EDITORS, REVIEWERS, STAFF
from forms_ext.invoices import actions
from tests.forms_ext.admission import factories
from tests.forms_ext.api.conftest import Shown

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
PATHS = {name: f"/api/v3/staff/{name}/" for name in ("applications", "registrations", "invoices")}


def token_of(group: str) -> str:
    user = User.objects.create_user(username=group)
    user.groups.add(Group.objects.get(name=group))
    return make_token(user)


def make_token(user: User) -> str:
    _made, key = APIToken.create_token(user=user, name="Test")
    return str(key)


def get(path: str, token: str | None = None) -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"} if token else {})


@pytest.mark.parametrize(
    ("group", "allowed"),
    [(EDITORS, set()), (REVIEWERS, {"applications"}), (STAFF, {"applications", "registrations", "invoices"})],
)
def test_a_role_reads_what_it_may(shown: Shown, group: str, allowed: set[str]) -> None:
    token = token_of(group)
    assert {name: get(path, token).status_code for name, path in PATHS.items()} == {
        name: 200 if name in allowed else 403 for name in PATHS
    }


@pytest.mark.parametrize("path", PATHS.values())
def test_nobody_reads_without_a_valid_token(shown: Shown, path: str) -> None:
    token = token_of(STAFF)
    client = Client()
    client.force_login(User.objects.get(username=STAFF))
    for response in (get(path), get(path, "wagtail_x"), client.get(path)):  # a session does not count
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
    User.objects.update(is_active=False)
    assert get(path, token).status_code == 401


def test_rows_say_what_is_stored(shown: Shown, django_assert_max_num_queries: Any) -> None:
    token, page = token_of(STAFF), shown.program.page.pk
    for number in (1, 2, 3):
        registration = factories.pay(factories.make_registration(shown.program, number))
    actions.issue_invoice(account=registration.account)
    for path in PATHS.values():
        with django_assert_max_num_queries(9):
            found = get(path, token)
        assert found.status_code == 200, found.content
    applications, registrations, invoices = (get(path, token).json() for path in PATHS.values())
    assert applications["count"] == registrations["count"] == 3
    assert applications["items"][0]["program"] == page
    newest = registrations["items"][0]
    assert (newest["reference"], newest["state"], newest["country"]) == (registration.reference, "member", "CA")
    assert newest["answers"] == {"hopes": "much"}
    assert invoices["items"][0]["registration"] == registration.reference
    assert invoices["items"][0]["total"]["currency"] == "USD"
    assert (
        get(f"{PATHS['registrations']}?program={page}&limit=1&offset=1", token).json()["items"][0]["id"] != newest["id"]
    )
    assert get(f"{PATHS['registrations']}?program={page + 999}", token).json() == {"count": 0, "items": []}
    assert get(f"{PATHS['registrations']}?limit=101", token).status_code == 422


@pytest.mark.parametrize("path", PATHS.values())
def test_nothing_can_be_written(shown: Shown, path: str) -> None:
    headers = {"Authorization": f"Bearer {token_of(STAFF)}"}
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(path, headers=headers).status_code == 405
