"""What django-allauth asks of this site."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forms_ext.base import groups, limits, network
from forms_ext.mail import encryption

from . import browsers, second_factor, throttle

TOO_MANY = "too_many_attempts"


def too_many(refusal: limits.UsedUp, words: str) -> ValidationError:
    """Return an error with `words`, in which `{time}` is when to try again."""
    until = timezone.localtime(refusal.until)
    shown = f"{formats.time_format(until, 'TIME_FORMAT')} {until.tzname()}"
    if until.date() != timezone.localdate():
        shown = f"{formats.date_format(until, 'DATE_FORMAT')}, {shown}"
    error = ValidationError(words.format(time=shown), code=TOO_MANY)
    error.params = {"seconds": refusal.seconds}
    return error


class AccountAdapter(DefaultAccountAdapter):
    """Log-in by user name and password, slowed when it fails; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": _("Enter your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return network.sender(request) or "unknown"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the user whom `credentials` fit, or None. Raise ValidationError if too many have failed."""
        account = browsers.named(str(credentials.get("username", "")))
        try:
            return throttle.guard(request, "password", account, lambda: authenticate(request, **credentials))
        except limits.UsedUp as refusal:
            raise too_many(
                refusal, gettext("Too many failed attempts. Try again at {time}, use a passkey or reset your password.")
            ) from None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("wagtailadmin_home") if request.user.has_perm(groups.ADMIN_ACCESS) else "/"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not second_factor.is_recent(context.request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kw: Any) -> None:
        """Show what is no template of allauth: its pages say the rest themselves."""
        if message:
            messages.add_message(request, level, message)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets are encrypted with SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return encryption.lock({"secret": text})

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.unlock(encrypted_text)["secret"]

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        return gettext("Passkey")
