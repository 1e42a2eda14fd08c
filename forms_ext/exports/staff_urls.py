"""Addresses of exports below the admin."""

from django.urls import path

from . import staff_views

app_name = "cop_exports"
urlpatterns = [
    path("exports/<slug:name>/", staff_views.ExportView.as_view(), name="export"),
    path("exports/made/<key:pk>/", staff_views.JobView.as_view(), name="job"),
    path("exports/made/<key:pk>/file/", staff_views.FileView.as_view(), name="file"),
]
