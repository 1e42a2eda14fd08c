"""Settings of a deployed site; `docs/operators.md` explains each environment variable."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .. import checks as checks  # registers them
from .base import *  # noqa: F403
from .base import STORAGES, make_data_dir


def required(name: str) -> str:
    """Return the environment variable `name`; raise ImproperlyConfigured with an explanation if it is missing."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name} (see docs/operators.md).")
    return value


DEBUG = False
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").replace(",", " ").split()
ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
WAGTAILADMIN_BASE_URL = required("BASE_URL")
WAGTAILAPI_DOCS_ENABLED = os.environ.get("API_DOCS", "0") == "1"
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]
WAGTAIL_SITE_NAME = os.environ.get("SITE_NAME") or str(urlsplit(WAGTAILADMIN_BASE_URL).hostname)

SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "1") == "1"

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": os.environ.get("EMAIL_HOST", "localhost"),
            "port": int(os.environ.get("EMAIL_PORT", "587")),
            "username": os.environ.get("EMAIL_USER", ""),
            "password": os.environ.get("EMAIL_PASSWORD", ""),
            "use_tls": os.environ.get("EMAIL_TLS", "1") == "1",
        },
    }
}
if provider := os.environ.get("EMAIL_PROVIDER"):  # through its API and webhooks, instead of SMTP
    INSTALLED_APPS = [*INSTALLED_APPS, "anymail"]
    MAILERS = {"default": {"BACKEND": f"anymail.backends.{provider}.EmailBackend"}}
    ANYMAIL = {name.removeprefix("ANYMAIL_"): os.environ[name] for name in os.environ if name.startswith("ANYMAIL_")}
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL")

FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755  # the proxy reads public/, whatever the umask of the services

if bucket := os.environ.get("S3_BUCKET"):  # for several machines; boto3 reads AWS_… by itself
    S3 = "storages.backends.s3.S3Storage"
    STORAGES = STORAGES | {
        "default": {"BACKEND": S3, "OPTIONS": {"bucket_name": bucket, "querystring_auth": False}},
        "private": {"BACKEND": S3, "OPTIONS": {"bucket_name": required("S3_PRIVATE_BUCKET"), "file_overwrite": False}},
    }

COP_TRUSTED_PROXIES = int(os.environ.get("COP_TRUSTED_PROXIES", "1"))  # the proxy that ends HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

make_data_dir()
