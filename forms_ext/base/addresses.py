"""Absolute URLs of this site, for emails."""

from urllib.parse import urljoin

from django.conf import settings


def absolute_url(path: str) -> str:
    """Return the whole URL of a path of this site."""
    return urljoin(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "", path)
