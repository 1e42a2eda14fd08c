"""Forms of log-in and second factor; what fails counts."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forms_ext.base import limits

from . import throttle
from .adapters import AccountAdapter, too_many

REMEMBERED_SECONDS = 14 * 86_400


class LoginForm(forms.Form):
    """User name and password; Django, Wagtail and allauth call the fields alike, so that one page serves them all."""

    username = forms.CharField(
        label=_("Username"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username webauthn"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    remember = forms.BooleanField(label=_("Keep me logged in for two weeks"), required=False)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: AbstractBaseUser | None = None

    def clean(self) -> dict[str, Any]:
        """Check the password, if both are there."""
        data = self.cleaned_data
        if not self.errors:
            self.user = AccountAdapter(self.request).authenticate(
                self.request, username=data["username"], password=data["password"]
            )
            if self.user is None:
                raise ValidationError(gettext("The username and password do not match. Check both."))
        return data

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Go on to the second factor, or log in."""
        login = Login(user=self.user, redirect_url=redirect_url)
        response = perform_password_login(request, {"username": self.cleaned_data["username"]}, login)
        request.session.set_expiry(REMEMBERED_SECONDS if self.cleaned_data["remember"] else 0)
        return response


class SlowedCode(BaseAuthenticateForm):
    """A code of an authenticator app or a recovery code: five attempts in a quarter of an hour, each code once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext("Code")
        self.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}

    def clean_code(self) -> str:
        """Return the code. Raise ValidationError if it is wrong or used, or too many were."""
        check = super().clean_code
        account = throttle.account_of(self.user)
        try:
            code = throttle.guard(context.request, "code", account, lambda: self._checked(check))
        except limits.UsedUp as refusal:
            raise too_many(refusal, gettext("Too many wrong codes. Try again at {time}, or use a passkey.")) from None
        if code is None:
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code

    def _checked(self, check: Callable[[], str]) -> str | None:
        try:
            code = check()
        except ValidationError:
            return None
        return code if throttle.use_code(self.user, code) else None


class CodeForm(SlowedCode, AuthenticateForm):
    """The second step of a log-in."""


class ConfirmByCodeForm(SlowedCode, ReauthenticateByCodeForm):
    """A code before something that needs one."""


class ConfirmByPasswordForm(ReauthenticateForm):
    """The password before something that needs it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = gettext("Password")
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class ActivateAppForm(ActivateTOTPForm):
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext("Code from the app")
        self.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey or security key, and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext("Name")
        self.fields["name"].help_text = gettext("So that you recognize it later, such as “My phone”.")
        self.fields["passwordless"].label = gettext("Use it to log in without a password")
        self.fields["passwordless"].help_text = gettext("Turn this off for a security key without a PIN.")
        self.fields["passwordless"].initial = True


class ResetForm(PasswordResetForm):
    """An email address to which a link is sent, whether or not somebody has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext("Email address")
