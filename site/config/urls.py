"""URL patterns of the site: both apps before Wagtail's own, which match every path."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.api.v3.urls import api as api_v3
from wagtail.documents import urls as wagtaildocs_urls

from .login.views import Entrance

handler500 = "forms_ext.base.outage.server_error"

api_v2 = WagtailAPIRouter("wagtailapi")
api_v2.register_endpoint("pages", PagesAPIViewSet)

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("config.login.urls")),
    # Each other log-in and reset leads there; these lines stand before those of Wagtail and Django.
    path("admin/login/", Entrance.as_view()),
    path("django-admin/login/", Entrance.as_view()),
    re_path("^admin/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("django-admin/", admin.site.urls),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v3/", api_v3.urls),
    path("api/v2/", api_v2.urls),
    path("cop/", include("cop_program.urls")),
    path("go/", include("forms_ext.urls")),
]
if apps.is_installed("anymail"):
    urlpatterns += [path("anymail/", include("anymail.urls"))]
if apps.is_installed("demo"):
    urlpatterns += [
        path("demo/", include("demo.urls")),
        path(f"{settings.MEDIA_URL.lstrip('/')}<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    ]
# Pages in the first language have no prefix; the others are below /de/, /fr/, /es/.
urlpatterns += i18n_patterns(
    path("_util/login/", Entrance.as_view()), path("", include(wagtail_urls)), prefix_default_language=False
)
