"""Addresses of registration below the admin."""

from django.urls import path

from . import edition_views, program_views, staff_views

app_name = "cop_registration"
urlpatterns = [
    path("programs/", program_views.ProgramsView.as_view(), name="programs"),
    path("programs/<key:pk>/", program_views.ProgramHomeView.as_view(), name="program"),
    path("programs/<key:pk>/confirm/", program_views.ConfirmView.as_view(), name="confirm"),
    path("programs/<key:pk>/call-off/", program_views.CallOffView.as_view(), name="call_off"),
    path("programs/<key:pk>/close/", program_views.CloseView.as_view(), name="close"),
    path("programs/<key:pk>/run/", program_views.RunView.as_view(), name="run"),
    path("programs/new-edition/<key:page>/", edition_views.NewEditionView.as_view(), name="new_edition"),
    path("programs/to-look-at/<key:page>/", edition_views.ToLookAtView.as_view(), name="to_look_at"),
    path("registrations/<key:pk>/", staff_views.RegistrationView.as_view(), name="registration"),
    path("registrations/<key:pk>/files/<str:key>/", staff_views.RegistrationFileView.as_view(), name="file"),
    path("registrations/<key:pk>/cancel/", staff_views.CancelView.as_view(), name="cancel"),
    path("registrations/<key:pk>/address/", staff_views.NewAddressView.as_view(), name="new_address"),
    path("registrations/<key:pk>/hold/", staff_views.HoldView.as_view(), name="hold"),
    path("payments/<key:pk>/reverse/", staff_views.ReversePaymentView.as_view(), name="reverse_payment"),
    path("registrations/of-account/<key:account>/", staff_views.OfAccountView.as_view(), name="of_account"),
]
