"""System checks of a site's settings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.conf.urls.i18n import i18n_patterns
from django.core.checks import CheckMessage, run_checks
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.urls import include, path
from django.utils.translation import gettext_lazy
from pytest_django import Settings
from wagtail import urls as wagtail_urls

from forms_ext.base import checks, conf, deployment_checks
from forms_ext.submissions.pages import AbstractFormPage

pytestmark = [pytest.mark.django_db]
S3 = "storages.backends.s3.S3Storage"


def ids(*, deploy: bool = False, tags: list[str] | None = None) -> set[str]:
    messages: Sequence[CheckMessage] = run_checks(tags=tags, include_deployment_checks=deploy)
    return {str(message.id) for message in messages if str(message.id).startswith("forms_ext.")}


@contextmanager
def installed_but(missing: str) -> Iterator[None]:
    """Let a check see all installed apps but one; models and addresses stay as they are."""
    config = apps.app_configs.pop(next(label for label, one in apps.app_configs.items() if one.name == missing))
    try:
        yield
    finally:
        apps.app_configs[config.label] = config


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


def settings_of_ours() -> list[tuple[str, Any]]:
    """Return each COP_* setting with a few values that it may not have."""
    wrong: dict[type, list[Any]] = {
        bool: [1, "yes", None],
        int: ["3", 2.5, True, None, -1],
        str: [3, None, ["x"]],
        tuple: ["https://example.org", 3, None, [3], {"a": 1}],
        Path: [3, None, ""],
    }
    found = [(name, one) for name, one in vars(conf.Conf).items() if isinstance(one, conf.Setting)]
    return [
        (name, value)
        for name, one in found
        for value in next(values for kind, values in wrong.items() if isinstance(one.default, kind))
    ]


OTHERS: list[tuple[str, Any]] = [
    ("COP_API_ORIGINS", ["https://example.org/"]),
    ("COP_API_ORIGINS", ("example.org",)),
    ("COP_CLOCK_FILE", 3),
    ("COP_CLOCK_FILE", __file__),
    ("COP_INVOICE_FONTS", [Path("/nowhere/font.ttf")]),
    ("COP_KEEP_PAGES", "yes"),
    ("COP_MAIL_FROM", "Programs"),
    ("COP_MAILER", "bulk"),
    ("DATA_UPLOAD_MAX_MEMORY_SIZE", "2.5 MB"),
    ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 1_000),
    ("DATA_UPLOAD_MAX_NUMBER_FIELDS", "10000"),
    ("DEFAULT_FROM_EMAIL", ["programs@example.org"]),
    ("DEFAULT_FROM_EMAIL", "Programs"),
    ("LANGUAGES", []),
    ("LANGUAGES", ()),
    ("MAILERS", ["default"]),
    ("MEDIA_ROOT", 3),
    ("MIDDLEWARE", "forms_ext.base.body_limits.LimitBodies"),
    ("SECURE_CSP", "default-src 'self'"),
    ("STATIC_ROOT", ["static"]),
    ("STORAGES", {"private": {"BACKEND": "nowhere.Storage"}}),
    ("STORAGES", {"private": {"BACKEND": S3, "OPTIONS": {"bucket": "x"}}}),
    ("STORAGES", {"private": "files"}),
    ("TASKS", ["default"]),
    ("TEMPLATES", []),
    ("TEMPLATES", [{"BACKEND": "django.template.backends.jinja2.Jinja2"}]),
    ("WAGTAILADMIN_BASE_URL", 8000),
    ("WAGTAILADMIN_BASE_URL", Path("/srv")),
    ("WAGTAIL_SITE_NAME", 3),
]


@pytest.mark.parametrize(("name", "value"), [*settings_of_ours(), *OTHERS])
def test_whatever_a_setting_is_a_check_says_so_with_a_hint(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    if name == "STORAGES":
        settings.STORAGES = settings.STORAGES | value  # which tells Django to forget the storages of before
    else:
        monkeypatch.setattr(django_settings, name, value, raising=False)
    of_ours = ("cop_program.", "forms_ext.")
    of_both = [one for one in registry.get_checks(True) if one.__module__.startswith(of_ours)]
    assert len(of_both) >= 15
    found = [message for one in of_both for message in one(app_configs=None)]  # none of them raises
    told = [message for message in found if str(message.id).startswith(of_ours) and name in message.msg]
    assert told
    assert all(message.hint for message in told)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"default": {}},
        {"default": {"BACKEND": "nowhere.Backend"}},
        {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend", "QUEUES": ["mail"]}},
        {"other": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}},
    ],
)
def test_tasks_without_a_backend_are_named_at_the_start(settings: Settings, value: dict[str, Any]) -> None:
    """Not by a check: Wagtail cannot start with it either."""
    settings.TASKS = value
    with pytest.raises(ImproperlyConfigured, match=r"TASKS\['default'\] cannot be used .* Set TASKS = "):
        apps.get_app_config("forms_ext").import_models()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("COP_API_ORIGINS", ["https://example.org"], ("https://example.org",)),
        ("COP_PRIVATE_ROOT", "/srv/private", Path("/srv/private")),
        ("COP_INVOICE_FONTS", [Path("/srv/font.ttf")], ("/srv/font.ttf",)),
        ("COP_MAIL_FROM", gettext_lazy("Programs"), "Programs"),
        ("COP_RATE_LIMIT_ADDRESS", 0, 0),
    ],
)
def test_a_setting_may_be_of_a_type_that_is_as_good(settings: Settings, name: str, value: Any, read: Any) -> None:
    setattr(settings, name, value)
    found = getattr(conf.conf, name)
    assert (found, isinstance(found, type(read))) == (read, True)


@pytest.mark.parametrize("as_one", [tuple, list])
def test_lists_may_be_tuples_and_paths_strings(settings: Settings, as_one: type) -> None:
    (engine,) = settings.TEMPLATES
    processors = as_one(engine["OPTIONS"]["context_processors"])
    settings.TEMPLATES = as_one([engine | {"OPTIONS": engine["OPTIONS"] | {"context_processors": processors}}])
    for name in ("MIDDLEWARE", "LANGUAGES", "WAGTAIL_CONTENT_LANGUAGES"):
        setattr(settings, name, as_one(getattr(settings, name)))
    settings.MEDIA_ROOT, settings.STATIC_ROOT = str(settings.MEDIA_ROOT), str(settings.STATIC_ROOT)
    assert ids() == set()
    assert "forms_ext.W021" not in ids(deploy=True)


def test_a_form_of_130_questions_can_be_saved() -> None:
    """Each of the type that has the most fields."""
    blocks = AbstractFormPage.questions.field.stream_block.child_blocks.values()  # type: ignore[attr-defined]
    most = max(len(getattr(block, "child_blocks", ())) for block in blocks)
    around = ("type", "id", "order", "deleted")
    assert 130 * (most + len(around)) + 100 <= checks.FIELDS <= 10_000


@pytest.mark.parametrize(
    ("order", "expected"),
    [("wagtail", "forms_ext.E005"), ("wagtail forms_ext", "forms_ext.E006"), ("forms_ext wagtail", "")],
)
def test_our_addresses_have_to_stand_above_wagtails(settings: Settings, order: str, expected: str) -> None:
    module = ModuleType("urls_of_a_test")
    routes = {"wagtail": path("", include(wagtail_urls)), "forms_ext": path("go/", include("forms_ext.urls"))}
    module.urlpatterns = [routes[name] for name in order.split()]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = module
    assert {str(message.id) for message in run_checks(tags=["urls"]) if str(message.id).startswith("forms_ext.")} == (
        {expected} if expected else set()
    )


def test_our_addresses_may_stand_among_those_of_a_language(settings: Settings) -> None:
    module = ModuleType("urls_of_a_test")
    module.urlpatterns = i18n_patterns(  # type: ignore[attr-defined]
        path("go/", include("forms_ext.urls")), path("", include(wagtail_urls))
    )
    settings.ROOT_URLCONF = module
    assert ids(tags=["urls"]) == set()


@pytest.mark.parametrize("name", checks.NEEDED_APPS)
def test_a_missing_app_is_named(name: str) -> None:
    # Not by the setting: Django would take the app's models apart.
    with installed_but(name):
        (found,) = checks.apps_are_installed(None)
    assert found.id == "forms_ext.E007"
    assert name in str(found.hint)


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_postgresql_needs_an_app_that_sqlite_does_not(settings: Settings) -> None:
    with installed_but("django.contrib.postgres"):
        for engine, expected in (("sqlite3", []), ("postgresql", ["forms_ext.E008"])):
            settings.DATABASES = {"default": {"ENGINE": f"django.db.backends.{engine}"}}
            assert [found.id for found in checks.apps_are_installed(None)] == expected


def test_templates_have_to_know_the_request(settings: Settings) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
    assert "forms_ext.E015" in ids()


@pytest.mark.parametrize(
    ("public", "kept", "expected"),
    [
        ({"bucket_name": "media"}, {"bucket_name": "private"}, set()),
        ({"bucket_name": "media"}, {"bucket_name": "private", "default_acl": "public-read"}, {"forms_ext.E013"}),
        ({"bucket_name": "one"}, {"bucket_name": "one", "location": "private"}, {"forms_ext.E014"}),
    ],
    ids=["right", "public", "one bucket for all"],
)
def test_a_bucket_of_private_files_is_private(
    settings: Settings, public: dict[str, str], kept: dict[str, str], expected: set[str]
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": S3, "OPTIONS": public},
        "private": {"BACKEND": S3, "OPTIONS": kept},
    }
    assert ids() == expected


# --- What only a deployed site has to have -------------------------------------------------------

DEPLOYED = {
    "DEBUG": False,
    "DEFAULT_FROM_EMAIL": "programs@example.org",
    "WAGTAILADMIN_BASE_URL": "https://programs.example.org",
    "MAILERS": {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}},
    "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
}
LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


def deployment(**settings: Any) -> set[str]:
    """Return what the checks of a deployed site find if everything but `settings` is right."""
    with override_settings(**DEPLOYED | settings):
        return {
            str(found.id)
            for check in (
                deployment_checks.somebody_does_the_work,
                deployment_checks.mails_arrive,
                deployment_checks.visitors_are_told_apart,
                deployment_checks.bodies_are_limited,
            )
            for found in check(None)
        }


def test_a_deployed_site_as_it_should_be_is_told_nothing() -> None:
    assert deployment() == set()


@pytest.mark.parametrize(
    "backend",
    [
        "django.tasks.backends.immediate.ImmediateBackend",
        "django.tasks.backends.dummy.DummyBackend",
        "django_tasks.backends.immediate.ImmediateBackend",
    ],
)
def test_a_deployed_site_has_a_worker(backend: str) -> None:
    assert deployment(TASKS={"default": {"BACKEND": backend}}) == {"forms_ext.W002"}


def test_behind_a_proxy_visitors_are_told_apart() -> None:
    https = ("HTTP_X_FORWARDED_PROTO", "https")
    assert deployment(SECURE_PROXY_SSL_HEADER=https) == {"forms_ext.W020"}
    assert deployment(SECURE_PROXY_SSL_HEADER=https, COP_TRUSTED_PROXIES=1) == set()


def test_bodies_are_limited() -> None:
    assert deployment(MIDDLEWARE=[]) == {"forms_ext.W021"}


def test_mails_have_a_sender() -> None:
    assert deployment(DEFAULT_FROM_EMAIL="webmaster@localhost") == {"forms_ext.W003"}
    assert deployment(DEFAULT_FROM_EMAIL="webmaster@localhost", COP_MAIL_FROM="programs@example.org") == set()


@pytest.mark.parametrize("base", ["", "http://example.com", "http://localhost:8000"])
def test_links_in_mails_lead_to_the_site(base: str) -> None:
    assert deployment(WAGTAILADMIN_BASE_URL=base) == {"forms_ext.W006"}
    assert deployment(WAGTAILADMIN_BASE_URL=base, DEBUG=True) == set()


def test_mails_are_delivered() -> None:
    assert deployment(MAILERS={"default": LOCMEM}) == {"forms_ext.W005"}
    assert deployment(MAILERS={"default": LOCMEM}, DEBUG=True) == set()
    ours = DEPLOYED["MAILERS"]["default"]  # type: ignore[index]
    assert deployment(MAILERS={"default": LOCMEM, "bulk": ours}, COP_MAILER="bulk") == set()


@pytest.mark.parametrize(("backend", "expected"), [("console", {"forms_ext.W005"}), ("smtp", set())])
@pytest.mark.filterwarnings("ignore:The EMAIL_BACKEND setting is deprecated")
def test_mails_are_delivered_with_the_setting_of_django_6_0_too(
    settings: Settings, backend: str, expected: set[str]
) -> None:
    settings.DEFAULT_FROM_EMAIL, settings.WAGTAILADMIN_BASE_URL = "programs@example.org", "https://example.org"
    del settings.MAILERS
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert {str(found.id) for found in deployment_checks.mails_arrive(None)} == expected
