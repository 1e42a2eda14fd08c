"""Failed log-ins and requests for a reset are slowed by account and by network; nobody can lock someone else out."""

import re
from collections.abc import Callable

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from forms_ext.base import limits, network

from . import browsers

QUARTER, HOUR, DAY = 900, 3600, 86_400
# Failures of one account from one place: a known browser, or else a network.
FAILURES = ((5, QUARTER), (20, DAY))
# So many failures of one account from unknown browsers, and each network has one attempt.
ACCOUNT_FAILURES = 30
ATTEMPTS_OF_A_PRESSED_ACCOUNT = 1
# Failures of unknown browsers from one network, for all accounts.
NETWORK_FAILURES = 100

RESETS = 3
RESETS_OF_A_NETWORK = 20
# So many emails an hour to one address on behalf of unknown browsers. Further ones are not sent: the links work.
RESET_EMAILS = 10


def account_of(user: AbstractBaseUser) -> str:
    """Return `user` as counted."""
    return browsers.named(user.get_username())


def guard[T](request: HttpRequest, kind: str, account: str, check: Callable[[], T | None]) -> T | None:
    """Return what `check` returns; None counts as a failure of `account`, `kind` being what was checked.

    Raise UsedUp, without a check, if too many have failed.
    """
    known, sender = browsers.known(request, account), network.sender(request)
    place = f"browser:{known}" if known else f"network:{sender}"
    total = f"login:{kind}:{account}"
    counted: list[tuple[str, int]] = []

    def count(key: str, limit: int, seconds: int) -> None:
        limits.count(key, limit=limit, seconds=seconds)
        counted.append((key, seconds))

    try:
        if known or sender:
            is_pressed = not known and limits.used(total, seconds=HOUR) >= ACCOUNT_FAILURES
            for limit, seconds in FAILURES:
                most = ATTEMPTS_OF_A_PRESSED_ACCOUNT if is_pressed and seconds == QUARTER else limit
                count(f"{total}:{place}", most, seconds)
        if sender and not known:
            count(f"login:{sender}", NETWORK_FAILURES, HOUR)
    except limits.UsedUp:
        _give_back(counted)
        raise
    found = check()
    if found is not None:
        _give_back(counted)
    elif not known:
        limits.count(total, limit=2**31 - 1, seconds=HOUR)
    return found


def _give_back(counted: list[tuple[str, int]]) -> None:
    for key, seconds in counted:
        limits.give_back(key, seconds=seconds)


def use_code(user: AbstractBaseUser, code: str) -> bool:
    """Tell whether `code`, which is right, is used for the first time, by any process."""
    try:
        limits.count(f"login:code-used:{user.pk}:{re.sub(r'\W', '', code)}", limit=1, seconds=HOUR)
    except limits.UsedUp:
        return False
    return True


def may_send_reset(request: HttpRequest, email: str) -> bool:
    """Count a request for a reset; tell whether to send its email. Raise UsedUp if the sender has asked too often.

    If it is not to be sent, emails of the past hour are in the mailbox, and their links work.
    """
    account = browsers.named(email)
    known, sender = browsers.known(request, account), network.sender(request)
    if known or sender:
        place = f"browser:{known}" if known else f"network:{sender}"
        limits.count(f"reset:{account}:{place}", limit=RESETS, seconds=HOUR)
    if known:
        return True
    if sender:
        limits.count(f"reset:{sender}", limit=RESETS_OF_A_NETWORK, seconds=HOUR)
    try:
        limits.count(f"reset:{account}", limit=RESET_EMAILS, seconds=HOUR)
    except limits.UsedUp:
        return False
    return True
