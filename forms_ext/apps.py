from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class FormsExtConfig(AppConfig):
    name = "forms_ext"
    verbose_name = _("Forms and applications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the provider and let each room, from the lowest up, connect what it declares."""
        from importlib import import_module
        from importlib.util import find_spec

        from cop_program.extensions import register

        from .provider import FormsProvider

        register(FormsProvider())
        for room in ("base", "mail", "billing", "forms", "applications", "admission", "registration", "exports"):
            name = f"{self.name}.{room}.receivers"
            if find_spec(name):
                import_module(name).connect()
        if apps.is_installed("wagtail.api.v3"):
            from wagtail.api.v3.api import api

            from .api import forms, receivers, staff

            api.add_router("/forms/", forms.router)
            api.add_router("/staff/", staff.router)
            receivers.connect()
