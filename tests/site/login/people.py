"""Users, log-ins and codes for the tests of the log-in."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import Group, User
from django.test import Client

from forms_ext.base import groups

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery staple"
HOME, AWAY = "198.51.100.7", "203.0.113.9"


def person(name: str = "stella", *, role: str = groups.STAFF, app: bool = False, **fields: object) -> User:
    """Return a user with `role`, who has set up an authenticator app if `app`."""
    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    if app:
        TOTP.activate(user, SECRET)
    return user


def code(offset: int = 0) -> str:
    """Return the code of the app, `offset` periods of 30 seconds from now."""
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + offset)))


def attempt(client: Client, password: str = PASSWORD, *, name: str = "stella", sender: str = HOME, to: str = ""):  # type: ignore[no-untyped-def]
    """Post a log-in."""
    data = {"username": name, "password": password}
    return client.post(to or "/account/login/", data, REMOTE_ADDR=sender)


def is_in(client: Client) -> bool:
    """Tell whether the admin is open to `client`."""
    return client.get("/admin/").status_code == 200


def factors(user: User) -> set[str]:
    """Return what `user` has set up."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
