"""The paths of endpoints on Wagtail's API v3."""

from django.urls import NoReverseMatch, reverse


def api_path(name: str, pk: int) -> str:
    """Return the path of the endpoint `name` for `pk`, '' if Wagtail's API v3 is not installed."""
    try:
        return reverse(f"wagtailapi_v3:{name}", args=[pk])
    except NoReverseMatch:
        return ""
