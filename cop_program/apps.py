from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CopProgramConfig(AppConfig):
    name = "cop_program"
    verbose_name = _("Programs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401 (checks register themselves)

        receivers.connect()
