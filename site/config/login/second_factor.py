"""Who needs a second factor, and whether a session has shown one."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from forms_ext.base import groups

from . import browsers

SHOWN = "login_second_factor"  # in the session: the authenticator on which it rests
AT = "login_at"
RECENT_SECONDS = 600
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ROLES = tuple(groups.PERMISSIONS)


def needs_one(user: User | AnonymousUser) -> bool:
    """Tell whether `user` has a role: a superuser, anyone who may enter an admin, a member of one of our groups."""
    if not user.is_authenticated:
        return False
    if user.is_superuser or user.is_staff:
        return True
    if user.has_perm(groups.ADMIN_ACCESS) or user.has_module_perms("forms_ext"):
        return True
    return bool(user.groups.filter(name__in=ROLES).exists())


def has_one(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Tell whether `user` has set up an authenticator app or a passkey."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def is_shown(request: HttpRequest) -> bool:
    """Tell whether the session was opened, or went on, with a second factor that its user still has."""
    pk = request.session.get(SHOWN)
    return pk is not None and Authenticator.objects.filter(pk=pk, user_id=request.user.pk, type__in=FACTORS).exists()


def is_lacking(request: HttpRequest) -> bool:
    """Tell whether the user of the session must show a second factor, and has not."""
    return bool(settings.SECOND_FACTOR_REQUIRED and not is_shown(request) and needs_one(request.user))


def is_recent(request: HttpRequest) -> bool:
    """Tell whether the log-in of the session is so recent that the password is not asked for again."""
    return 0 <= time.time() - request.session.get(AT, 0) < RECENT_SECONDS


def reset(user: AbstractBaseUser) -> int:
    """Remove all second factors and recovery codes of `user`, which ends the sessions that rest on them; count them."""
    return Authenticator.objects.filter(user_id=user.pk).delete()[0]


def _rest_on_one(request: HttpRequest, user: AbstractBaseUser) -> None:
    factors = Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)
    request.session[SHOWN] = factors.order_by("-pk").values_list("pk", flat=True).first()


def _used(*, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    """Note on the session a factor that was set up, shown or removed by its user."""
    _rest_on_one(request, user)


def _removed(*, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    if SHOWN in request.session:
        _rest_on_one(request, user)


def _logged_in(*, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    request.session[AT] = time.time()
    browsers.remember(request, *browsers.accounts_of(user))


def connect() -> None:
    """Connect; called once from `AppConfig.ready()`."""
    authenticator_used.connect(_used, dispatch_uid="config.login.used")
    authenticator_added.connect(_used, dispatch_uid="config.login.added")
    authenticator_removed.connect(_removed, dispatch_uid="config.login.removed")
    user_logged_in.connect(_logged_in, dispatch_uid="config.login.logged_in")
