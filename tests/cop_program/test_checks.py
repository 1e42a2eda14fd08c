"""System checks tell an integrator what is missing."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from django.apps import apps
from django.test import override_settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.api.v3.urls import api

from cop_program.checks import addresses_are_there, api_is_there

OURS, WAGTAIL = path("cop/", include("cop_program.urls")), path("", include(wagtail_urls))


API = path("api/v3/", api.urls)


@pytest.fixture
def urls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the site have these addresses, in this order."""
    module = ModuleType("cop_program_urls_under_test")
    module.urlpatterns = request.param  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with override_settings(ROOT_URLCONF=module.__name__):
        yield


@pytest.mark.parametrize(
    ("urls", "found"),
    [([OURS, WAGTAIL], []), ([WAGTAIL], ["cop_program.E001"]), ([WAGTAIL, OURS], ["cop_program.E002"])],
    ids=["right", "missing", "behind Wagtail"],
    indirect=["urls"],
)
def test_the_addresses_are_checked(urls: None, found: list[str]) -> None:
    assert [message.id for message in addresses_are_there()] == found


@pytest.mark.parametrize(
    ("urls", "found"),
    [([API, WAGTAIL], []), ([WAGTAIL], ["cop_program.W001"]), ([WAGTAIL, API], ["cop_program.E003"])],
    ids=["right", "missing", "behind Wagtail"],
    indirect=["urls"],
)
def test_the_addresses_of_the_api_are_checked(urls: None, found: list[str]) -> None:
    assert [message.id for message in api_is_there()] == found


@pytest.mark.parametrize("urls", [[WAGTAIL]], indirect=True)
def test_a_site_without_the_api_is_told_nothing_of_it(urls: None) -> None:
    config = apps.app_configs.pop("wagtailapi_v3")
    try:
        assert api_is_there() == []
    finally:
        apps.app_configs["wagtailapi_v3"] = config
