"""What the site says while its database is away, and that it recovers without a restart."""

import pytest
from django.test import Client
from wagtail.models import Page, Site

from cop_program.models import ProgramPage
from tests.forms_ext.base.test_health import no_database
from tests.forms_ext.ledger.factories import make_program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.domain]


@pytest.fixture
def open_page(transactional_db: None) -> ProgramPage:
    found = make_program().page
    Site.objects.update_or_create(hostname="testserver", defaults={"root_page": Page.objects.get(depth=1)})
    return found


@pytest.fixture
def client() -> Client:
    """A client that gets the answer of a fault, as a browser does."""
    return Client(raise_request_exception=False)


def test_pages_and_api_answer_503_and_recover(client: Client, open_page: ProgramPage) -> None:
    pages = [open_page.get_url(), "/", "/account/login/", "/nothing/here/"]
    api = [f"/api/v3/programs/{open_page.pk}/", "/api/v3/programs/"]
    before = {url: client.get(url).status_code for url in pages + api}
    assert {status // 100 for status in before.values()} <= {2, 4}
    with no_database():
        for url in pages + api:
            answer = client.get(url)
            assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store"), url
            if url in api:
                assert answer["Content-Type"] == "application/problem+json"
                assert answer.json()["status"] == 503
            else:
                assert "<h1>Temporarily unavailable</h1>" in answer.content.decode()
    assert {url: client.get(url).status_code for url in pages + api} == before


def test_another_fault_stays_a_500(client: Client, open_page: ProgramPage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(ProgramPage, "serve", broken)
    assert client.get(open_page.get_url()).status_code == 500
