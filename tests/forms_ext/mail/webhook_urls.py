"""The site with the webhooks of a mail provider."""

from config import urls
from django.urls import include, path

urlpatterns = [path("anymail/", include("anymail.urls")), *urls.urlpatterns]
