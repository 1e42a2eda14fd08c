"""System checks of `forms_ext`: what is missing or wrong in a site's settings. None of them raises an error itself."""

import os
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from glob import glob
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import DEFAULT_DB_ALIAS
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise

from . import private_files
from .conf import MENUS, Conf, Setting, conf

NEEDED_APPS = {
    "wagtail_modeladmin": "the staff's lists",
    "wagtail.contrib.forms": "the list of form pages",
    "wagtail.embeds": "videos",
    "wagtail.snippets": "issuers of invoices",
}
LIST: tuple[type, ...] = (list, tuple)
TEXT: tuple[type, ...] = (str, Promise)
PATH: tuple[type, ...] = (str, os.PathLike, type(None))
NUMBER: tuple[type, ...] = (int, type(None))
#: The settings of Django and Wagtail that we read, and what they may be.
SHAPES: dict[str, tuple[tuple[type, ...], str]] = {
    "DATABASES": ((Mapping,), "a dict"),
    "DATA_UPLOAD_MAX_MEMORY_SIZE": (NUMBER, "a whole number or None"),
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": (NUMBER, "a whole number or None"),
    "DEFAULT_FROM_EMAIL": (TEXT, "a string"),
    "LANGUAGES": (LIST, "a list or tuple"),
    "MAILERS": ((Mapping,), "a dict"),
    "MEDIA_ROOT": (PATH, "a path (string or Path)"),
    "MIDDLEWARE": (LIST, "a list or tuple"),
    "SECURE_CSP": ((Mapping,), "a dict"),
    "STATIC_ROOT": (PATH, "a path (string or Path)"),
    "STORAGES": ((Mapping,), "a dict"),
    "TASKS": ((Mapping,), "a dict"),
    "TEMPLATES": (LIST, "a list or tuple"),
    "WAGTAILADMIN_BASE_URL": ((str, type(None)), "a string"),
    "WAGTAIL_SITE_NAME": (TEXT, "a string"),
}
#: What the editor of a form of 130 questions sends, with room for the rest of the page.
FIELDS = 2_500
REQUEST = "django.template.context_processors.request"
ADDRESS = "forms_ext:form"

type Apps = Sequence[AppConfig] | None


@register()
def settings_are_of_the_right_type(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Hold each COP_* setting against its default's type, and Django's own against what we read of them."""
    found: list[CheckMessage] = []
    for name, setting in vars(Conf).items():
        if isinstance(setting, Setting):
            try:
                getattr(conf, name)
            except ImproperlyConfigured as error:
                found.append(Error(str(error), hint=setting.__doc__, id="forms_ext.E001"))
    for name, (kinds, what) in SHAPES.items():
        value = getattr(settings, name, None)
        if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
            message = f"{name} must be {what}, not {type(value).__name__}."
            found.append(Error(message, hint=f"Correct {name} in your settings.", id="forms_ext.E016"))
    if isinstance(settings.LANGUAGES, LIST) and not settings.LANGUAGES:
        hint = "List the languages of pages and emails, such as [('en', 'English')], or remove the setting."
        found.append(Error("LANGUAGES is empty.", hint=hint, id="forms_ext.E021"))
    if not settings.USE_TZ:
        hint = "Set USE_TZ = True, or remove the setting."
        found.append(Error("USE_TZ is off, but deadlines need aware datetimes.", hint=hint, id="forms_ext.E002"))
    mailer = cop("COP_MAILER")
    if hasattr(settings, "MAILERS") and mailer not in part("MAILERS"):
        hint = "Name one of the mailers, or remove the setting for 'default'."
        found.append(Error(f"COP_MAILER is '{mailer}', which is not in MAILERS.", hint=hint, id="forms_ext.E003"))
    return found


def cop(name: str) -> Any:
    """Return a setting of ours; its default if it is wrong, which another check reports."""
    try:
        return getattr(conf, name)
    except ImproperlyConfigured:
        return vars(Conf)[name].default


def part(name: str, *keys: str) -> Any:
    """Return the dict at `keys` in a setting that is a dict; an empty one if there is none."""
    value = getattr(settings, name, None)
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


@register()
def sender_is_an_address(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a sender of emails that no mail server accepts."""
    name = "COP_MAIL_FROM" if cop("COP_MAIL_FROM") else "DEFAULT_FROM_EMAIL"
    sender = str(cop("COP_MAIL_FROM") or settings.DEFAULT_FROM_EMAIL)
    local, at, host = parseaddr(sender)[1].rpartition("@")
    if local and at and host:
        return []
    return [
        Error(
            f"{name} is '{sender}', which is not an email address.",
            hint="Write name@example.org or 'Name <name@example.org>'.",
            id="forms_ext.E017",
        )
    ]


@register()
def fonts_are_there(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of fonts that the settings name and this machine lacks."""
    if not hasattr(settings, "COP_INVOICE_FONTS"):
        return []
    return [
        Warning(
            f"COP_INVOICE_FONTS has '{pattern}', which is no file on this machine.",
            hint="Install the font or correct the path. Otherwise no document can be issued for names that need it.",
            id="forms_ext.W008",
        )
        for pattern in cop("COP_INVOICE_FONTS")
        if not any(Path(path).is_file() for path in glob(pattern))
    ]


@register()
def long_forms_can_be_saved(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a limit on fields by which Django refuses the editor of a long form."""
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if not isinstance(limit, int) or limit >= FIELDS:
        return []
    return [
        Warning(
            f"DATA_UPLOAD_MAX_NUMBER_FIELDS is {limit:,}, so a form with 130 questions cannot be saved.",
            hint="Set DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000, as Wagtail's project template does.",
            id="forms_ext.W007",
        )
    ]


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
    if "private" not in part("STORAGES") and not hasattr(settings, "COP_PRIVATE_ROOT"):
        found.append(
            Warning(
                "COP_PRIVATE_ROOT is not set, and STORAGES has no alias 'private'.",
                hint=f"Uploads and PDFs are stored in {cop('COP_PRIVATE_ROOT')}, relative to the current directory. "
                "Set COP_PRIVATE_ROOT to the path of a folder that no web server serves.",
                id="forms_ext.W001",
            )
        )
    kept = _storage("private")
    if isinstance(kept, str):
        hint = "Correct STORAGES['private'], or remove it and set COP_PRIVATE_ROOT."
        return [*found, Error(f"STORAGES['private'] cannot be used: {kept}", hint=hint, id="forms_ext.E018")]
    location = getattr(kept, "location", "")
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        root = getattr(settings, name, None)
        is_folder = isinstance(root, str | os.PathLike) and root
        if location and is_folder and Path(location).resolve().is_relative_to(Path(str(root)).resolve()):
            found.append(
                Error(
                    f"Private files are stored inside {name}, where anyone can read them.",
                    hint="Set COP_PRIVATE_ROOT to the path of a folder that no web server serves.",
                    id="forms_ext.E004",
                )
            )
    return found


def _storage(alias: str) -> Storage | str | None:
    """Return the storage `alias`, None if a site has none, and what is wrong with it if it cannot be used."""
    try:
        if alias != "private":
            return storages[alias] if alias in part("STORAGES") else None
        return private_files.storage() if "private" in part("STORAGES") else _folder()
    except Exception as error:  # whatever the class of the storage raises
        return str(error) or type(error).__name__


def _folder() -> Storage:
    """Return the private folder."""
    return FileSystemStorage(location=cop("COP_PRIVATE_ROOT"))


@register()
def sqlite_waits_its_turn(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of SQLite as Django sets it up: two processes that write get "database is locked" there."""
    if part("DATABASES", DEFAULT_DB_ALIAS).get("ENGINE") != "django.db.backends.sqlite3":
        return []
    mode = part("DATABASES", DEFAULT_DB_ALIAS, "OPTIONS").get("transaction_mode")
    if str(mode).upper() in {"IMMEDIATE", "EXCLUSIVE"}:
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
    kept = _storage("private")
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
        other = _storage(alias) if bucket else None
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
    """Name the apps that ours need and that the site lacks."""
    found: list[CheckMessage] = [
        Error(
            f"The app '{name}' is not installed. It is needed for {what}.",
            hint=f"Add '{name}' to INSTALLED_APPS.",
            id="forms_ext.E007",
        )
        for name, what in NEEDED_APPS.items()
        if not apps.is_installed(name)
    ]
    engine = str(part("DATABASES", DEFAULT_DB_ALIAS).get("ENGINE", ""))
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
    engines: Sequence[Any] = settings.TEMPLATES if isinstance(settings.TEMPLATES, LIST) else []
    for engine in engines:
        is_djangos = isinstance(engine, Mapping) and str(engine.get("BACKEND")).endswith(".DjangoTemplates")
        if is_djangos and REQUEST in ((engine.get("OPTIONS") or {}).get("context_processors") or ()):
            return []
    return [
        Error(
            "TEMPLATES has no DjangoTemplates backend with the 'request' context processor.",
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
