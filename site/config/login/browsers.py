"""Browsers from which somebody has logged in: a signed cookie says whose. Strangers cannot use up their attempts."""

import unicodedata

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

COOKIE = "known_browser"
SALT = "config.login.browsers"
DAYS = 365
MOST_ACCOUNTS = 5
REMEMBER = "_remember_browser_of"


def named(name: str) -> str:
    """Return `name`, a user name or email address as typed, as it is counted."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _digest(account: str, key: str | bytes) -> str:
    return salted_hmac(SALT, account, secret=key, algorithm="sha256").hexdigest()[:32]


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """Return the name of the browser and the digests of its accounts; an empty name if it has none that counts."""
    try:
        name, *accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return name, accounts


def known(request: HttpRequest, account: str) -> str:
    """Return the name of the browser if `account` (a user name or an email address) has logged in there, else ''."""
    name, accounts = _read(request)
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return name if any(_digest(account, key) in accounts for key in keys) else ""


def remember(request: HttpRequest, *accounts: str) -> None:
    """Let the answer to `request` make its browser known to `accounts`."""
    setattr(request, REMEMBER, [_digest(account, settings.SECRET_KEY) for account in accounts if account])


def write(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie if somebody has logged in with `request`."""
    if digests := getattr(request, REMEMBER, None):
        name, accounts = _read(request)
        accounts = [*digests, *(account for account in accounts if account not in digests)][: 2 * MOST_ACCOUNTS]
        response.set_cookie(
            COOKIE,
            signing.dumps([name or get_random_string(22), *accounts], salt=SALT),
            max_age=DAYS * 86_400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def accounts_of(user: AbstractBaseUser | None) -> list[str]:
    """Return what stands for `user` in a form of log-in or reset."""
    return [named(user.get_username()), named(str(getattr(user, "email", "")))] if user else []
