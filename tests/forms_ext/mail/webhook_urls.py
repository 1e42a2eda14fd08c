"""The site with the webhooks of an email provider."""

from config import urls
from django.urls import include, path

urlpatterns = [path("anymail/", include("anymail.urls")), *urls.urlpatterns]
