"""Wagtail's two APIs as an integrator may turn them on, above the site's own URL patterns."""

from config.urls import urlpatterns as site_urls
from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.api.v3.urls import api as api_v3

api_v2 = WagtailAPIRouter("wagtailapi")
api_v2.register_endpoint("pages", PagesAPIViewSet)

urlpatterns = [path("api/v2/", api_v2.urls), path("api/v3/", api_v3.urls), *site_urls]
