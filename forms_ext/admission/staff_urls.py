"""Addresses of admission below the admin."""

from django.urls import path

from . import entering, staff_views

app_name = "cop_admission"
urlpatterns = [
    path("applications/new/", entering.ChooseProgramView.as_view(), name="enter"),
    path("applications/new/<key:program>/", entering.EnterView.as_view(), name="enter_for"),
    path("applications/<key:pk>/", staff_views.PersonView.as_view(), name="person"),
    path("applications/<key:pk>/files/<str:key>/", staff_views.PersonFileView.as_view(), name="file"),
]
