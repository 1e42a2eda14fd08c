"""Settings of the test suite: SQLite or `DATABASE_URL`, tasks that run at once, emails kept in memory."""

import os
import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import SQLITE_OPTIONS, database

DATA_DIR = Path(os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="cop-test-"))
SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["demo", *INSTALLED_APPS]
DATABASES = {"default": database(os.environ.get("DATABASE_URL"), DATA_DIR / "db.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DEFAULT_FROM_EMAIL = "Circle Forward <programs@circleforward.example>"
STATIC_ROOT = None  # nothing is collected
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "base_url": None},
    },
}
WAGTAILADMIN_BASE_URL = "http://testserver"
COP_KEEP_PAGES = False  # tests expect fresh pages; those of `rendered` turn it on

# Only tests of search need the index, and fill it.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "AUTO_UPDATE": False}}
