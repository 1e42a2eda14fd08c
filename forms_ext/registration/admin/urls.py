"""Admin URLs of registrations."""

from django.urls import path

from . import views

app_name = "cop_registration"
urlpatterns = [
    path("registrations/<key:pk>/", views.RegistrationView.as_view(), name="registration"),
    path("registrations/<key:pk>/files/<str:key>/", views.RegistrationFileView.as_view(), name="file"),
    path("registrations/<key:pk>/cancel/", views.CancelView.as_view(), name="cancel"),
    path("registrations/<key:pk>/correct/", views.CorrectView.as_view(), name="correct"),
    path("registrations/<key:pk>/address/", views.NewAddressView.as_view(), name="new_address"),
    path("registrations/<key:pk>/hold/", views.HoldView.as_view(), name="hold"),
    path("payments/<key:pk>/reverse/", views.ReversePaymentView.as_view(), name="reverse_payment"),
    path("registrations/of-account/<key:account>/", views.OfAccountView.as_view(), name="of_account"),
]
