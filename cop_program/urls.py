from django.urls import path

from . import views
from .api import openapi

app_name = "cop_program"
urlpatterns = [
    path("zone/", views.set_zone, name="set_zone"),
    path("calendar/<key:pk>.ics", views.calendar, name="calendar"),
    path("openapi.json", openapi.document, name="openapi"),
]
