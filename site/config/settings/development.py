"""Settings of `make run`: demo log-ins, a mailbox page, a clock that can be set. Never for the open network."""

import os

from .base import *  # noqa: F403
from .base import DATA_DIR, INSTALLED_APPS, STORAGES

DEBUG = os.environ.get("DEBUG", "1") == "1"
SECRET_KEY = "development only: not a secret, and refused by the production settings"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
INSTALLED_APPS = ["demo", *INSTALLED_APPS]

MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
DEFAULT_FROM_EMAIL = "Circle Forward <programs@circleforward.example>"

COP_DEMO = True
COP_MAILBOX_DIR = DATA_DIR / "mailbox"
COP_CLOCK_FILE = DATA_DIR / "clock.json"

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

DATA_DIR.mkdir(parents=True, exist_ok=True)
