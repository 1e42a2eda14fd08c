"""Private data stays out of Wagtail's APIs, whichever of them an integrator turns on."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from cop_program.models import FacilitatorPage, ProgramPage, SessionPage
from tests.cop_program.conftest import SECRET_ADDRESS, SECRET_LINK, SECRET_RECORDING

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.cop_program.api_urls")]

SECRETS = (SECRET_LINK, SECRET_RECORDING, SECRET_ADDRESS)
PRIVATE = ("join_link", "recording_link", "contact_email")


@pytest.fixture
def pages(
    program_page: ProgramPage, add_session: Callable[..., SessionPage], facilitator: FacilitatorPage, settings: Settings
) -> list[ProgramPage | SessionPage | FacilitatorPage]:
    settings.WAGTAILAPI_LIMIT_MAX = 100
    session = add_session(join_link=SECRET_LINK, recording_link=SECRET_RECORDING)
    return [program_page, session, facilitator]


@pytest.mark.parametrize("root", ["/api/v2/pages/", "/api/v3/pages/"])
def test_no_api_tells_a_link_a_recording_or_an_address(
    client: Client, pages: list[ProgramPage | SessionPage | FacilitatorPage], root: str
) -> None:
    for page in pages:
        kind = f"{page._meta.app_label}.{page._meta.object_name}"
        addresses = [
            f"{root}{page.pk}/",
            f"{root}{page.pk}/?fields=*",
            f"{root}?type={kind}",
            f"{root}?type={kind}&fields=*",
        ]
        addresses += [f"{root}?type={kind}&{name}={secret}" for name, secret in zip(PRIVATE, SECRETS, strict=True)]
        addresses += [f"{root}?type={kind}&fields={name}" for name in PRIVATE]
        addresses += [f"{root}?type={kind}&search={secret}" for secret in SECRETS]
        answers = [client.get(address) for address in addresses]
        assert answers[0].status_code == 200, answers[0].content
        assert page.title in answers[0].content.decode()
        for address, answer in zip(addresses, answers, strict=True):
            text = answer.content.decode()
            assert not [secret for secret in SECRETS if secret in text and secret not in address], address
            assert f'"{page.title}"' not in text or "search=" not in address, "found by what is private"
