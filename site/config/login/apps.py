from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "config.login"
    label = "config_login"
    verbose_name = "Log-in"

    def ready(self) -> None:
        from . import second_factor  # noqa: PLC0415  (start-up: models are loaded now)

        second_factor.connect()
