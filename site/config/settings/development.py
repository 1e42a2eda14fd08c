"""Settings of `make run`: demo logins, a mailbox page, a clock that can be set. Never expose it to the internet."""

import json
import os

from .base import *  # noqa: F403
from .base import DATA_DIR, LOGGING, make_data_dir

DEBUG = os.environ.get("DEBUG", "0") == "1"  # off: a newcomer sees the site's own error pages
SECRET_KEY = "development only: not a secret, and refused by the production settings"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
INSTALLED_APPS = ["demo", *INSTALLED_APPS]

MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
DEFAULT_FROM_EMAIL = "Circle Forward <programs@circleforward.example>"


def base_url() -> str:
    """Return the address of this copy: what the supervisor says, else what it last wrote into demo.json."""
    try:
        known = json.loads((DATA_DIR / "demo.json").read_text())["base_url"]
    except (OSError, ValueError, KeyError):
        known = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    return str(os.environ.get("BASE_URL") or known)


WAGTAILADMIN_BASE_URL = base_url()
# Browsers keep cookies by host, not by port: two copies on one machine must not log each other out.
SESSION_COOKIE_NAME = "sessionid_" + WAGTAILADMIN_BASE_URL.rsplit(":", 1)[-1]
CSRF_COOKIE_NAME = "csrftoken_" + WAGTAILADMIN_BASE_URL.rsplit(":", 1)[-1]

COP_DEMO = True
COP_MAILBOX_DIR = DATA_DIR / "mailbox"
COP_CLOCK_FILE = DATA_DIR / "clock.json"

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# The terminal of `make run` shows what went wrong, and each request once; the log-ins must not scroll away.
LOGGING["formatters"]["plain"] = {"format": "%(levelname)s %(name)s: %(message)s"}
LOGGING["handlers"]["console"]["formatter"] = "plain"
LOGGING["handlers"]["warnings"] = LOGGING["handlers"]["console"] | {"level": "WARNING"}
LOGGING["loggers"] |= {
    # The worker sets the level of these two itself.
    **{name: {"handlers": ["warnings"], "propagate": False} for name in ("django.tasks", "django_tasks_db")},
    "wagtail": {"level": "WARNING"},
}

make_data_dir()
