"""Pages of log-in, second factor and reset: django-allauth's and Django's views in the look of this site."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth import views as auth
from django.contrib.auth.forms import PasswordResetForm
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from forms_ext.base import limits

from . import browsers, forms, second_factor, throttle
from .adapters import TOO_MANY, too_many

NEXT = "login_next"  # in the session: where somebody wanted to go who was led to set up a second factor


class Slowed:
    """A view with a form that refuses too many attempts: with status 429, and everything typed."""

    def refuse(self, response: HttpResponse, form: Form) -> HttpResponse:
        """Return `response` with status 429 if `form` says that there were too many attempts."""
        for errors in form.errors.as_data().values():
            for error in errors:
                if error.code == TOO_MANY:
                    response.status_code = 429
                    response["Retry-After"] = str((error.params or {})["seconds"])
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again."""
        return self.refuse(super().form_invalid(form), form)  # type: ignore[misc]


class Login(Slowed, account.LoginView):
    """The one log-in."""

    template_name = "config/account/login.html"
    form_class = forms.LoginForm

    def form_valid(self, form: forms.LoginForm) -> HttpResponse:
        """Go on with the user of `form`, whoever was logged in."""
        if self.request.user.is_authenticated:
            logout(self.request)
        return super().form_valid(form)


class Entrance(Login):
    """Another's log-in: a visit leads to ours, and what is posted there is checked like here."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the log-in."""
        wanted = request.GET.get("next", "")
        query = f"?{urlencode({'next': wanted})}" if wanted else ""
        return HttpResponseRedirect(reverse("account_login") + query)


class Logout(account.LogoutView):
    template_name = "config/account/logout.html"


class Inactive(account.AccountInactiveView):
    template_name = "config/account/inactive.html"


class Code(Slowed, mfa.AuthenticateView):
    """The second step of a log-in."""

    template_name = "config/account/code.html"
    form_class = forms.CodeForm

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again."""
        return self.refuse(mfa.AuthenticateView.form_invalid(self, form), form)


class ConfirmByPassword(Slowed, account.ReauthenticateView):
    template_name = "config/account/confirm.html"
    form_class = forms.ConfirmByPasswordForm


class ConfirmByCode(Slowed, mfa.ReauthenticateView):
    template_name = "config/account/confirm.html"
    form_class = forms.ConfirmByCodeForm


class ConfirmByPasskey(passkeys.ReauthenticateWebAuthnView):
    template_name = "config/account/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"by_passkey": True}


class SecondFactor(mfa.IndexView):
    """What somebody has set up, and for those who must set up something: how."""

    template_name = "config/account/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        factors = found["authenticators"]
        codes = factors.get(Authenticator.Type.RECOVERY_CODES)
        return found | {
            "is_lacking": second_factor.is_lacking(self.request),
            "app": factors.get(Authenticator.Type.TOTP),
            "passkeys": factors.get(Authenticator.Type.WEBAUTHN, []),
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
            "next": self.request.session.get(NEXT) or get_adapter().get_login_redirect_url(self.request),
        }


class ActivateApp(app.ActivateTOTPView):
    template_name = "config/account/app.html"
    form_class = forms.ActivateAppForm


class RemoveApp(app.DeactivateTOTPView):
    template_name = "config/account/remove.html"


class AddPasskey(passkeys.AddWebAuthnView):
    template_name = "config/account/passkey.html"
    form_class = forms.AddPasskeyForm


class RemovePasskey(passkeys.RemoveWebAuthnView):
    template_name = "config/account/remove.html"
    success_url = reverse_lazy("mfa_index")


class RecoveryCodes(recovery_codes.ViewRecoveryCodesView):
    template_name = "config/account/recovery_codes.html"


class NewRecoveryCodes(recovery_codes.GenerateRecoveryCodesView):
    template_name = "config/account/new_recovery_codes.html"


@method_decorator([csrf_protect, never_cache], name="dispatch")
class Reset(Slowed, auth.PasswordResetView):
    """Ask for a link by email; the answer is the same whether or not somebody has that address."""

    template_name = "config/account/reset.html"
    form_class = forms.ResetForm
    subject_template_name = "config/account/reset_subject.txt"
    email_template_name = "config/account/reset_email.txt"
    success_url = reverse_lazy("account_reset_password_done")

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Send the link, if it is to be sent."""
        try:
            is_to_be_sent = throttle.may_send_reset(self.request, form.cleaned_data["email"])
        except limits.UsedUp as refusal:
            words = gettext("You have asked for several links. Check your inbox, or try again at {time}.")
            form.add_error("email", too_many(refusal, words))
            return self.form_invalid(form)
        if is_to_be_sent:
            address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
            form.save(
                domain_override=address.netloc,
                use_https=address.scheme == "https",
                subject_template_name=self.subject_template_name,
                email_template_name=self.email_template_name,
                request=self.request,
                extra_email_context={"site_name": settings.WAGTAIL_SITE_NAME},
            )
        return HttpResponseRedirect(str(self.success_url))


class ResetSent(auth.PasswordResetDoneView):
    template_name = "config/account/reset_sent.html"


@method_decorator(sensitive_post_parameters(), name="dispatch")
class NewPassword(auth.PasswordResetConfirmView):
    """Choose a password with the link of the email. The browser is known then: its user reads the mailbox."""

    template_name = "config/account/new_password.html"
    success_url = reverse_lazy("account_reset_password_from_key_done")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the password."""
        browsers.remember(self.request, *browsers.accounts_of(self.user))
        return super().form_valid(form)


class PasswordChanged(auth.PasswordResetCompleteView):
    template_name = "config/account/password_changed.html"
