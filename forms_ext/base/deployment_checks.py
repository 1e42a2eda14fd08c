"""System checks of a deployed site (`manage.py check --deploy`): no demo, a worker, email that is delivered."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from .checks import cop, part

REHEARSAL = {
    "COP_DEMO": "it adds the demo's accounts and pages",
    "COP_CLOCK_FILE": "it lets the clock be changed",
    "COP_MAILBOX_DIR": "it adds a mailbox that anyone can read",
}
IN_REQUEST = (
    "django.tasks.backends.immediate.",
    "django.tasks.backends.dummy.",
    "django_tasks.backends.immediate.",
    "django_tasks.backends.dummy.",
    "django_tasks.immediate",
    "django_tasks.dummy",
)
UNDELIVERED = tuple(f"django.core.mail.backends.{name}." for name in ("console", "dummy", "filebased", "locmem"))
BODIES = "forms_ext.base.body_limits.LimitBodies"
NOWHERE = ("", "example.com", "localhost", "127.0.0.1", "::1")

type Apps = Sequence[AppConfig] | None


@register(Tags.security, deploy=True)
def nothing_of_a_rehearsal(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a demo or a rehearsal on a deployed site."""
    found: list[CheckMessage] = [
        Error(f"{name} is set: {what}.", hint=f"Remove {name} from the settings.", id="forms_ext.E010")
        for name, what in REHEARSAL.items()
        if getattr(settings, name, None)
    ]
    if apps.is_installed("demo"):
        found.append(Error("The app 'demo' is installed.", id="forms_ext.E011"))
    backends = [str(part("MAILERS", alias).get("BACKEND", "")) for alias in part("MAILERS")]
    if any(backend.startswith("demo.") for backend in backends):
        found.append(Error("Emails go to the demo's mailbox instead of to people.", id="forms_ext.E012"))
    return found


@register(deploy=True)
def somebody_does_the_work(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a site without a worker."""
    backend = str(part("TASKS", "default").get("BACKEND", ""))
    if not backend.startswith(IN_REQUEST):
        return []
    return [
        Warning(
            "Background tasks run inside the request or not at all.",
            hint="Set TASKS to a backend with a worker, such as django_tasks_db.DatabaseBackend, run "
            "`manage.py db_worker`, and start `manage.py cop_tick` every minute, which also publishes scheduled pages.",
            id="forms_ext.W002",
        )
    ]


@register(deploy=True)
def visitors_are_told_apart(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn if all visitors behind a proxy would count as one sender."""
    if cop("COP_TRUSTED_PROXIES") > 0 or not settings.SECURE_PROXY_SSL_HEADER:
        return []
    return [
        Warning(
            "The site is behind a proxy (SECURE_PROXY_SSL_HEADER), so rate limits count all visitors as one.",
            hint="Set COP_TRUSTED_PROXIES to the number of proxies that append to X-Forwarded-For, usually 1.",
            id="forms_ext.W020",
        )
    ]


@register(deploy=True)
def bodies_are_limited(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of bodies of any size, which Django writes to the disk before a view can refuse them."""
    if BODIES in settings.MIDDLEWARE:
        return []
    return [
        Warning(
            "Request bodies of any size are written to disk before they are checked.",
            hint=f"Add '{BODIES}' to MIDDLEWARE, below AuthenticationMiddleware. Limit bodies in your proxy too.",
            id="forms_ext.W021",
        )
    ]


@register(deploy=True)
def mails_arrive(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Warn of emails without a sender, of emails that nothing delivers, and of links in them that lead nowhere.

    Both latter are normal with DEBUG on; Django's own checks warn of that.
    """
    found: list[CheckMessage] = []
    if not cop("COP_MAIL_FROM") and settings.DEFAULT_FROM_EMAIL == "webmaster@localhost":
        found.append(Warning("Emails have no sender.", hint="Set DEFAULT_FROM_EMAIL.", id="forms_ext.W003"))
    if settings.DEBUG:
        return found
    base = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "")
    if (urlsplit(base).hostname or "") in NOWHERE:
        found.append(
            Warning(
                f"Links in emails go to '{base}'.",
                hint="Set WAGTAILADMIN_BASE_URL to the URL of your site, such as https://programs.example.org.",
                id="forms_ext.W006",
            )
        )
    backend = mail_backend()
    if backend.startswith(UNDELIVERED):
        found.append(
            Warning(
                f"Emails are not delivered: they go to {backend}.",
                hint="Set MAILERS (Django 6.0: EMAIL_BACKEND) to your mail server or provider.",
                id="forms_ext.W005",
            )
        )
    return found


def mail_backend() -> str:
    """Return the path of the backend that sends our emails."""
    if not hasattr(settings, "MAILERS"):
        return str(settings.EMAIL_BACKEND)
    return str(part("MAILERS", cop("COP_MAILER")).get("BACKEND", ""))
