"""System checks of `forms_ext`: what is missing or wrong in a site's settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.db import DEFAULT_DB_ALIAS
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from . import private_files
from .conf import MENUS, Conf, Setting, conf

NEEDED_APPS = {
    "wagtail_modeladmin": "the staff's lists",
    "wagtail.contrib.forms": "the list of form pages",
    "wagtail.embeds": "videos",
    "wagtail.snippets": "issuers of invoices",
}
REQUEST = "django.template.context_processors.request"
ADDRESS = "forms_ext:form"

type Apps = Sequence[AppConfig] | None


@register()
def settings_are_of_the_right_type(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Hold each COP_* setting against its default's type, and Django's own against what we need."""
    found: list[CheckMessage] = []
    for name, setting in vars(Conf).items():
        if isinstance(setting, Setting):
            try:
                getattr(conf, name)
            except ImproperlyConfigured as error:
                found.append(Error(str(error), id="forms_ext.E001"))
    if not settings.USE_TZ:
        found.append(Error("USE_TZ is off, but deadlines need aware datetimes.", id="forms_ext.E002"))
    mailers = getattr(settings, "MAILERS", None)
    if mailers is not None and conf.COP_MAILER not in mailers:
        found.append(Error(f"COP_MAILER is '{conf.COP_MAILER}', which is not in MAILERS.", id="forms_ext.E003"))
    return found


@register()
def menu_is_known(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a COP_MENU that says nothing."""
    value: Any = getattr(settings, "COP_MENU", MENUS[0])
    if value in MENUS:
        return []
    hint = f"Set it to {' or '.join(map(repr, MENUS))}."
    return [Error(f"COP_MENU is {value!r}, which is unknown.", hint=hint, id="forms_ext.E030")]


@register()
def private_files_stay_private(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse private files in a folder that the web server gives to everyone."""
    found: list[CheckMessage] = []
    if "private" not in settings.STORAGES and not hasattr(settings, "COP_PRIVATE_ROOT"):
        found.append(
            Warning(
                "COP_PRIVATE_ROOT is not set, and STORAGES has no alias 'private'.",
                hint=f"Uploads and PDFs are stored in {conf.COP_PRIVATE_ROOT}, relative to the current directory.",
                id="forms_ext.W001",
            )
        )
    location = getattr(private_files.storage(), "location", "")
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        root = getattr(settings, name, None)
        if location and root and Path(location).resolve().is_relative_to(Path(root).resolve()):
            found.append(
                Error(f"Private files are stored inside {name}, where anyone can read them.", id="forms_ext.E004")
            )
    return found


@register()
def sqlite_waits_its_turn(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of SQLite as Django sets it up: two processes that write get "database is locked" there."""
    database: dict[str, Any] = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    if database.get("OPTIONS", {}).get("transaction_mode", "").upper() in {"IMMEDIATE", "EXCLUSIVE"}:
        return []
    return [
        Warning(
            "SQLite cannot write while another process does, so a worker next to the web server will often fail.",
            hint="Set DATABASES['default']['OPTIONS'] to {'transaction_mode': 'IMMEDIATE', 'timeout': 20, "
            "'init_command': 'PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL'}.",
            id="forms_ext.W004",
        )
    ]


@register(Tags.files)
def nobody_lists_private_files(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a bucket of private files that everyone may read, or that also holds the public ones."""
    found: list[CheckMessage] = []
    kept = private_files.storage()
    if str(getattr(kept, "default_acl", "") or "").startswith("public"):
        found.append(
            Error(
                "Anyone can read the bucket of private files.",
                hint="Set 'default_acl' of STORAGES['private'] to None or 'private'.",
                id="forms_ext.E013",
            )
        )
    bucket = getattr(kept, "bucket_name", None)
    for alias in ("default", "staticfiles"):
        other = storages[alias] if bucket and alias in settings.STORAGES else None
        if other is not None and getattr(other, "bucket_name", None) == bucket:
            found.append(
                Error(
                    f"Private files are stored in the bucket of STORAGES['{alias}'].",
                    hint="Give STORAGES['private'] its own bucket that no one else can list or read.",
                    id="forms_ext.E014",
                )
            )
    return found


@register()
def apps_are_installed(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Name the apps that ours stand on and that the site lacks."""
    found: list[CheckMessage] = [
        Error(
            f"The app '{name}' is not installed. It is needed for {what}.",
            hint=f"Add '{name}' to INSTALLED_APPS.",
            id="forms_ext.E007",
        )
        for name, what in NEEDED_APPS.items()
        if not apps.is_installed(name)
    ]
    engine = str(settings.DATABASES.get(DEFAULT_DB_ALIAS, {}).get("ENGINE", ""))
    if engine.endswith(".postgresql") and not apps.is_installed("django.contrib.postgres"):
        found.append(
            Error(
                "The app 'django.contrib.postgres' is not installed. It is needed for search on PostgreSQL.",
                hint="Add 'django.contrib.postgres' to INSTALLED_APPS.",
                id="forms_ext.E008",
            )
        )
    return found


@register(Tags.templates)
def templates_know_the_request(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse templates without the request: forms and the reader's time zone need it."""
    engines: list[dict[str, Any]] = settings.TEMPLATES
    for engine in engines:
        if engine["BACKEND"].endswith(".DjangoTemplates"):
            processors = engine.get("OPTIONS", {}).get("context_processors", ())
            if REQUEST in processors:
                return []
    return [
        Error(
            "The 'request' context processor is missing.",
            hint=f"Add '{REQUEST}' to the 'context_processors' of TEMPLATES.",
            id="forms_ext.E015",
        )
    ]


@register(Tags.urls)
def addresses_come_before_wagtails(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a URL configuration in which Wagtail's catch-all swallows ours."""
    try:
        found = resolve(reverse(ADDRESS, args=[1])).view_name
    except (NoReverseMatch, Resolver404):
        found = ""
    if not found:
        return [
            Error(
                "The URL patterns of forms_ext are missing.",
                hint='Add path("go/", include("forms_ext.urls")) to your URL patterns, above include(wagtail_urls).',
                id="forms_ext.E005",
            )
        ]
    if found != ADDRESS:
        return [
            Error(
                "URL patterns above those of forms_ext hide them.",
                hint='Move include("forms_ext.urls") above include(wagtail_urls).',
                id="forms_ext.E006",
            )
        ]
    return []
