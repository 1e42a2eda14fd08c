"""Admin URLs of exports."""

from django.urls import path

from . import views

app_name = "cop_exports"
urlpatterns = [
    path("exports/<slug:name>/", views.ExportView.as_view(), name="export"),
    path("exports/made/<key:pk>/", views.JobView.as_view(), name="job"),
    path("exports/made/<key:pk>/file/", views.FileView.as_view(), name="file"),
]
