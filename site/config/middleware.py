"""Middleware of the site: the content security policy by path."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.urls import reverse


class ContentSecurityPolicy(ContentSecurityPolicyMiddleware):
    """Send `SECURE_CSP`, and `ADMIN_CSP` below the Wagtail and Django admin."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        admin_paths = (reverse("wagtailadmin_home"), reverse("admin:index"))
        if request.path.startswith(admin_paths) and not hasattr(response, "_csp_config"):
            setattr(response, "_csp_config", settings.ADMIN_CSP)  # noqa: B010
        return super().process_response(request, response)
