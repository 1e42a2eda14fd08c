"""System checks of `forms_ext`: what a site has to set, said before somebody is hurt."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from . import private
from .conf import Conf, Setting, conf

REHEARSAL = {
    "COP_DEMO": "the demo's log-ins and pages",
    "COP_CLOCK_FILE": "a clock that can be set",
    "COP_MAILBOX_DIR": "a mailbox that everybody can read",
}
IN_REQUEST = (
    "django.tasks.backends.immediate.",
    "django.tasks.backends.dummy.",
    "django_tasks.backends.immediate.",
    "django_tasks.backends.dummy.",
    "django_tasks.immediate",
    "django_tasks.dummy",
)

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
        found.append(Error("USE_TZ is off: deadlines need instants with a zone.", id="forms_ext.E002"))
    mailers = getattr(settings, "MAILERS", None)
    if mailers is not None and conf.COP_MAILER not in mailers:
        found.append(Error(f"COP_MAILER names '{conf.COP_MAILER}', which MAILERS does not have.", id="forms_ext.E003"))
    return found


@register()
def private_files_stay_private(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse private files in a folder that the web server gives to everybody."""
    found: list[CheckMessage] = []
    if "private" not in settings.STORAGES and not hasattr(settings, "COP_PRIVATE_ROOT"):
        found.append(
            Warning(
                "COP_PRIVATE_ROOT is not set, and STORAGES has no alias 'private'.",
                hint=f"Uploads and PDFs lie in the folder {conf.COP_PRIVATE_ROOT} of wherever a command is started.",
                id="forms_ext.W001",
            )
        )
    location = getattr(private.storage(), "location", "")
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        root = getattr(settings, name, None)
        if location and root and Path(location).resolve().is_relative_to(Path(root).resolve()):
            found.append(Error(f"Private files lie inside {name}: everybody could read them.", id="forms_ext.E004"))
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
            "SQLite refuses to write while another process does: a worker beside the web server meets that often.",
            hint="Set DATABASES['default']['OPTIONS'] to {'transaction_mode': 'IMMEDIATE', 'timeout': 20, "
            "'init_command': 'PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL'}.",
            id="forms_ext.W004",
        )
    ]


@register(Tags.urls)
def addresses_come_before_wagtails(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a URL configuration in which Wagtail's catch-all swallows ours."""
    routes = list(_top_level())
    if "forms_ext" not in routes:
        return [
            Error(
                "The addresses of forms_ext are missing.",
                hint='Add path("go/", include("forms_ext.urls")) to your URL configuration.',
                id="forms_ext.E005",
            )
        ]
    if "wagtail" in routes and routes.index("wagtail") < routes.index("forms_ext"):
        return [
            Error(
                "The addresses of forms_ext stand below Wagtail's, which takes everything.",
                hint='Move include("forms_ext.urls") above include(wagtail_urls).',
                id="forms_ext.E006",
            )
        ]
    return []


def _top_level() -> Iterator[str]:
    """Yield what the entries of the root URL configuration are, as far as it matters here."""
    for entry in get_resolver().url_patterns:
        module = getattr(getattr(entry, "urlconf_name", None), "__name__", "")
        if getattr(entry, "app_name", None) == "forms_ext":
            yield "forms_ext"
        elif module == "wagtail.urls" and str(entry.pattern) == "":
            yield "wagtail"


@register(Tags.security, deploy=True)
def nothing_of_a_rehearsal(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse what belongs to a demo or a rehearsal on a site that is deployed."""
    found: list[CheckMessage] = [
        Error(f"{name} is set: {what}. Take it out of the settings of this site.", id="forms_ext.E010")
        for name, what in REHEARSAL.items()
        if getattr(settings, name, None)
    ]
    if apps.is_installed("demo"):
        found.append(Error("The app 'demo' is installed.", id="forms_ext.E011"))
    backends = [str(mailer.get("BACKEND", "")) for mailer in getattr(settings, "MAILERS", {}).values()]
    if any(backend.startswith("demo.") for backend in backends):
        found.append(Error("Mail goes to the demo's mailbox instead of to people.", id="forms_ext.E012"))
    return found


@register(deploy=True)
def somebody_does_the_work(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a site without a worker, or whose mails bear no sender."""
    found: list[CheckMessage] = []
    backend = settings.TASKS.get("default", {}).get("BACKEND", "")
    if backend.startswith(IN_REQUEST):
        found.append(
            Warning(
                "Background work runs inside the request, or not at all.",
                hint="Set TASKS to a backend with a worker, such as django_tasks_db.DatabaseBackend, run "
                "`manage.py db_worker`, and start `manage.py cop_tick` every minute.",
                id="forms_ext.W002",
            )
        )
    if not conf.COP_MAIL_FROM and settings.DEFAULT_FROM_EMAIL == "webmaster@localhost":
        found.append(Warning("Mails have no sender.", hint="Set DEFAULT_FROM_EMAIL.", id="forms_ext.W003"))
    return found
