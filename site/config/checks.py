"""System checks of the site: nothing of the demo in production. The production settings register them."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

DEMO_SETTINGS = {
    "COP_DEMO": "the demo's accounts",
    "COP_MAILBOX_DIR": "a mailbox page",
    "COP_CLOCK_FILE": "a changeable clock",
}
DEMO_DOMAIN = "circleforward.example"


@register(Tags.security)
def nothing_of_the_demo(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the demo app, its settings and its email backend; warn if no second factor is required."""
    found: list[CheckMessage] = []
    if apps.is_installed("demo"):
        found.append(Error("The demo app is installed.", hint="Remove 'demo' from INSTALLED_APPS.", id="config.E001"))
    for name, what in DEMO_SETTINGS.items():
        if getattr(settings, name, None):
            found.append(Error(f"{name} is set. It enables {what}, for development only.", id="config.E002"))
    for alias, mailer in getattr(settings, "MAILERS", {}).items():
        if str(mailer.get("BACKEND", "")).startswith("demo."):
            found.append(Error(f"The mailer '{alias}' sends to the demo mailbox.", id="config.E003"))
    if not settings.SECOND_FACTOR_REQUIRED:
        found.append(
            Warning("Staff log in without a second factor.", hint="Unset SECOND_FACTOR_REQUIRED.", id="config.W006")
        )
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", id="config.E004"))
    return found


@register(Tags.database)
def no_demo_users(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a database in which the demo's users can log in (`check --database default`)."""
    if not databases or "auth_user" not in connection.introspection.table_names():
        return []
    from django.contrib.auth.models import User  # noqa: PLC0415  (start-up: read before models are loaded)

    names = User.objects.filter(email__endswith="@" + DEMO_DOMAIN, is_active=True).values_list("username", flat=True)
    return [Error(f"The demo user '{name}' can log in here.", id="config.E005") for name in names]
