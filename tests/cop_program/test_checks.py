"""System checks tell an integrator what is missing."""

import sys
from types import ModuleType

import pytest
from django.test import override_settings
from django.urls import include, path
from wagtail import urls as wagtail_urls

from cop_program.checks import addresses_are_there

OURS, WAGTAIL = path("cop/", include("cop_program.urls")), path("", include(wagtail_urls))


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        ([OURS, WAGTAIL], []),
        ([WAGTAIL], ["cop_program.E001"]),
        ([path("", include(wagtail_urls)), OURS], ["cop_program.E002"]),
    ],
    ids=["right", "missing", "behind Wagtail"],
)
def test_the_addresses_are_checked(patterns: list[object], found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("cop_program_urls_under_test")
    module.urlpatterns = patterns  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with override_settings(ROOT_URLCONF=module.__name__):
        assert [message.id for message in addresses_are_there()] == found
