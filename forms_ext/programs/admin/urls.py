"""Admin URLs of programs."""

from django.urls import path

from . import change_views, choice_views, edition_views, views

app_name = "cop_programs"
urlpatterns = [
    path("programs/", views.ProgramsView.as_view(), name="programs"),
    path("programs/<key:pk>/", views.DashboardView.as_view(), name="program"),
    path("programs/<key:pk>/confirm/", views.ConfirmView.as_view(), name="confirm"),
    path("programs/<key:pk>/cancel/", views.CancelProgramView.as_view(), name="cancel"),
    path("programs/<key:pk>/close/", views.CloseView.as_view(), name="close"),
    path("programs/<key:pk>/places/", choice_views.PlacesView.as_view(), name="places"),
    path("programs/<key:pk>/applications/", choice_views.ApplicationsView.as_view(), name="applications"),
    path("programs/<key:pk>/transfer-days/", choice_views.TransferDaysView.as_view(), name="transfer_days"),
    path("programs/<key:pk>/tell-changes/", change_views.TellChangesView.as_view(), name="tell_changes"),
    path("programs/<key:pk>/dont-tell/", change_views.DontTellView.as_view(), name="dont_tell"),
    path("programs/<key:pk>/run/", views.RunView.as_view(), name="run"),
    path("programs/new-edition/<key:page>/", edition_views.NewEditionView.as_view(), name="new_edition"),
    path("programs/checklist/<key:page>/", edition_views.ChecklistView.as_view(), name="checklist"),
]
