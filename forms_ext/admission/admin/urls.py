"""Admin URLs of admission."""

from django.urls import path

from . import add_application, correcting, views

app_name = "cop_admission"
urlpatterns = [
    path("applications/new/", add_application.ChooseProgramView.as_view(), name="enter"),
    path("applications/new/<key:program>/", add_application.EnterView.as_view(), name="enter_for"),
    path("applications/<key:pk>/", views.PersonView.as_view(), name="person"),
    path("applications/<key:pk>/correct/", correcting.CorrectView.as_view(), name="correct"),
    path("applications/<key:pk>/files/<str:key>/", views.PersonFileView.as_view(), name="file"),
]
