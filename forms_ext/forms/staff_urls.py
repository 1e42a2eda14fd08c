"""Addresses of the forms below the admin."""

from django.urls import path

from . import staff_views

app_name = "cop_submissions"
urlpatterns = [
    path("submissions/<key:pk>/", staff_views.SubmissionView.as_view(), name="submission"),
    path("submissions/<key:pk>/delete/", staff_views.DeleteView.as_view(), name="delete"),
    path("submissions/<key:pk>/files/<str:key>/", staff_views.SubmissionFileView.as_view(), name="file"),
]
embedding = [
    path("embedded-forms/", staff_views.EmbeddingView.as_view(), name="index"),
    path("embedded-forms/<key:pk>/", staff_views.CodeView.as_view(), name="code"),
]
