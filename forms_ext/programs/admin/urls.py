"""Admin URLs of programs."""

from django.urls import path

from . import edition_views, views

app_name = "cop_programs"
urlpatterns = [
    path("programs/", views.ProgramsView.as_view(), name="programs"),
    path("programs/<key:pk>/", views.DashboardView.as_view(), name="program"),
    path("programs/<key:pk>/confirm/", views.ConfirmView.as_view(), name="confirm"),
    path("programs/<key:pk>/call-off/", views.CallOffView.as_view(), name="call_off"),
    path("programs/<key:pk>/close/", views.CloseView.as_view(), name="close"),
    path("programs/<key:pk>/run/", views.RunView.as_view(), name="run"),
    path("programs/new-edition/<key:page>/", edition_views.NewEditionView.as_view(), name="new_edition"),
    path("programs/to-look-at/<key:page>/", edition_views.ToLookAtView.as_view(), name="to_look_at"),
]
