"""Admin URLs of form answers and embedded forms."""

from django.urls import path

from . import views

app_name = "cop_submissions"
urlpatterns = [
    path("submissions/<key:pk>/", views.SubmissionView.as_view(), name="submission"),
    path("submissions/<key:pk>/delete/", views.DeleteView.as_view(), name="delete"),
    path("submissions/<key:pk>/files/<str:key>/", views.SubmissionFileView.as_view(), name="file"),
]
embedding = [
    path("embedded-forms/", views.EmbeddingView.as_view(), name="index"),
    path("embedded-forms/<key:pk>/", views.CodeView.as_view(), name="code"),
]
