from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class CopProgramConfig(AppConfig):
    name = "cop_program"
    verbose_name = _("Programs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks, keys, receivers  # noqa: F401 (checks and converters register themselves)

        receivers.connect()
        if apps.is_installed("wagtail.api.v3"):
            from wagtail.api.v3.api import api

            from .api.router import router

            api.add_router("/programs/", router)
