"""What the system checks say before somebody is hurt."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from django.core.checks import CheckMessage, run_checks
from django.urls import include, path
from pytest_django import Settings
from wagtail import urls as wagtail_urls

pytestmark = [pytest.mark.django_db]


def ids(*, deploy: bool = False) -> set[str]:
    messages: Sequence[CheckMessage] = run_checks(include_deployment_checks=deploy)
    return {str(message.id) for message in messages if str(message.id).startswith("forms_ext.")}


def test_the_sites_own_settings_are_fine() -> None:
    assert ids() == set()


def test_a_deployed_site_may_have_nothing_of_a_rehearsal(settings: Settings) -> None:
    settings.COP_CLOCK_FILE = "clock.json"
    settings.MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
    assert {"forms_ext.E010", "forms_ext.E011", "forms_ext.E012", "forms_ext.W002"} <= ids(deploy=True)


def test_private_files_may_not_lie_among_the_public_ones(settings: Settings) -> None:
    settings.STORAGES = {name: value for name, value in settings.STORAGES.items() if name != "private"}
    settings.COP_PRIVATE_ROOT = settings.MEDIA_ROOT / "private"
    assert "forms_ext.E004" in ids()


def test_private_files_without_a_place_are_named(settings: Settings) -> None:
    settings.STORAGES = {name: value for name, value in settings.STORAGES.items() if name != "private"}
    assert "forms_ext.W001" in ids()
    settings.COP_PRIVATE_ROOT = Path("/srv/private")
    assert ids() == set()


def test_sqlite_as_django_sets_it_up_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    database = settings.DATABASES["default"]
    monkeypatch.setitem(database, "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(database, "OPTIONS", {})
    assert ids() == {"forms_ext.W004"}
    monkeypatch.setitem(database, "OPTIONS", {"transaction_mode": "immediate"})
    assert ids() == set()
    monkeypatch.setitem(database, "OPTIONS", {})
    monkeypatch.setitem(database, "ENGINE", "django.db.backends.postgresql")
    assert ids() == set()


def test_a_wrong_type_and_an_unknown_mailer_are_named(settings: Settings) -> None:
    settings.COP_OFFER_DAYS = "3"
    settings.COP_MAILER = "bulk"
    assert {"forms_ext.E001", "forms_ext.E003"} <= ids()


@pytest.mark.parametrize(
    ("order", "expected"), [("wagtail", "forms_ext.E005"), ("wagtail forms_ext", "forms_ext.E006")]
)
def test_our_addresses_have_to_stand_above_wagtails(settings: Settings, order: str, expected: str) -> None:
    module = ModuleType("urls_of_a_test")
    routes = {"wagtail": path("", include(wagtail_urls)), "forms_ext": path("go/", include("forms_ext.urls"))}
    module.urlpatterns = [routes[name] for name in order.split()]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = module
    assert expected in {
        str(message.id) for message in run_checks(tags=["urls"]) if str(message.id).startswith("forms_ext.")
    }
