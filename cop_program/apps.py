from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class CopProgramConfig(AppConfig):
    name = "cop_program"
    verbose_name = _("Programs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register checks, converters, receivers, the cache of pages, and the API's parts, fields and endpoints."""
        from . import checks, kept_pages, keys, receivers  # noqa: F401, PLC0415  (checks and converters register themselves)
        from .api import fields, reading  # noqa: PLC0415  (start-up: models are loaded by now)
        from .presentation import page_cache  # noqa: PLC0415  (start-up: models are loaded by now)

        receivers.connect()
        fields.PartField.read = staticmethod(reading.of_page)
        page_cache.register(kept_pages.serve)
        if apps.is_installed("wagtail.api.v3"):
            from wagtail.api.v3.api import api  # noqa: PLC0415  (start-up: models are loaded by now)

            from .api.router import router  # noqa: PLC0415  (start-up: models are loaded by now)

            api.add_router("/programs/", router)
