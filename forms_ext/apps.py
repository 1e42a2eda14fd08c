from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.tasks import task
from django.utils.translation import gettext_lazy as _

from cop_program.extensions import register

#: The packages with something to register, from the lowest up.
PACKAGES = (
    "base",
    "mail",
    "forms",
    "submissions",
    "ledger",
    "invoices",
    "applications",
    "admission",
    "registration",
    "programs",
    "exports",
)


class FormsExtConfig(AppConfig):
    name = "forms_ext"
    verbose_name = _("Forms and applications")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Import them. Raise ImproperlyConfigured if TASKS has no backend for our tasks.

        Wagtail's tasks need it as well, before any system check runs; the error of Django does not name the setting.
        """
        try:
            task(_nothing)
        except Exception as error:
            raise ImproperlyConfigured(
                f"TASKS['default'] cannot be used ({type(error).__name__}: {error}). Set TASKS = "
                "{'default': {'BACKEND': 'django_tasks_db.DatabaseBackend'}}, or remove TASKS for Django's default."
            ) from error
        super().import_models()

    def ready(self) -> None:
        """Register the provider, and connect each package, from the lowest up."""
        from .provider import FormsProvider  # noqa: PLC0415  (start-up: models are loaded by now)

        register(FormsProvider())
        for package in PACKAGES:
            name = f"{self.name}.{package}.receivers"
            if find_spec(name):
                import_module(name).connect()
        if apps.is_installed("wagtail.api.v3"):
            from wagtail.api.v3.api import api  # noqa: PLC0415  (start-up: models are loaded by now)

            from .api import forms, receivers, staff  # noqa: PLC0415  (start-up: models are loaded by now)

            api.add_router("/forms/", forms.router)
            api.add_router("/staff/", staff.router)
            receivers.connect()


def _nothing() -> None:
    """Do nothing: a task to try the backend with."""
