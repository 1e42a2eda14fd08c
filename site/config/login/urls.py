"""Addresses of log-in, second factor and reset, with django-allauth's names; what is not here does not exist."""

from allauth.mfa.recovery_codes.views import download_recovery_codes
from allauth.mfa.webauthn.views import login_webauthn
from django.urls import path

from . import views

urlpatterns = [
    path("login/", views.Login.as_view(), name="account_login"),
    path("login/code/", views.Code.as_view(), name="mfa_authenticate"),
    path("login/passkey/", login_webauthn, name="mfa_login_webauthn"),
    path("logout/", views.Logout.as_view(), name="account_logout"),
    path("inactive/", views.Inactive.as_view(), name="account_inactive"),
    path("password/", views.Reset.as_view(), name="account_reset_password"),
    path("password/sent/", views.ResetSent.as_view(), name="account_reset_password_done"),
    path("password/changed/", views.PasswordChanged.as_view(), name="account_reset_password_from_key_done"),
    path("password/<uidb64>/<token>/", views.NewPassword.as_view(), name="account_reset_password_from_key"),
    path("confirm/", views.ConfirmByPassword.as_view(), name="account_reauthenticate"),
    path("confirm/code/", views.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("confirm/passkey/", views.ConfirmByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("two-factor/", views.SecondFactor.as_view(), name="mfa_index"),
    path("two-factor/app/", views.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("two-factor/app/remove/", views.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("two-factor/passkey/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("two-factor/passkey/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("two-factor/codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("two-factor/codes/new/", views.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("two-factor/codes/download/", download_recovery_codes, name="mfa_download_recovery_codes"),
]
