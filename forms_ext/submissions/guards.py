"""What stands between a public form and machines: a trap, the time it took, and limits.

A post counts against the limit of what a network may send only once it is taken, in the transaction that stores it.
Limits that are much higher count every post and every file, so that a flood of wrong ones ends too. A sender whose
network is not known (`network.UNKNOWN`) is held by the other guards alone: nobody shares a limit with all the world.
"""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cop_program import formatting, reader

from ..base import limits, network
from ..base.conf import conf

TRAP = "fax_number"
HOUR = 3600


class TooMany(Exception):
    """A limit is used up; `str()` says which one, in words for the sender."""

    def __init__(self, reason: str, used_up: limits.UsedUp) -> None:
        super().__init__(reason)
        self.used_up = used_up

    @property
    def retry_after(self) -> str:
        """The value of the header Retry-After."""
        return str(self.used_up.seconds)

    def words(self, request: HttpRequest) -> str:
        """Return the reason and when to come again, on the reader's clock (UTC if their zone is not known)."""
        return f"{self} {_when(self.used_up.until, math.ceil(self.used_up.seconds / 60), request)}"


def _when(until: datetime, minutes: int, request: HttpRequest) -> str:
    zone = reader.zone(request)
    time = formatting.time_text(until.astimezone(ZoneInfo(zone or "UTC")).time(), get_language() or "en")
    return ngettext(
        "You can send this again at %(time)s, in %(minutes)s minute.",
        "You can send this again at %(time)s, in %(minutes)s minutes.",
        minutes,
    ) % {"time": time if zone else f"{time} UTC", "minutes": minutes}


def _count(key: str, limit: int, reason: str, times: int = 1) -> None:
    try:
        limits.count(key, limit=limit, seconds=HOUR, times=times)
    except limits.UsedUp as used_up:
        raise TooMany(reason, used_up) from None


def count_attempt(request: HttpRequest) -> None:
    """Count a post, whatever becomes of it, and the files in it; raise TooMany if its network has sent a flood."""
    if sender := network.sender(request):
        reason = _("Too many forms came from your network in a short time.")
        _count(f"try:{sender}", conf.COP_RATE_LIMIT_ATTEMPTS, reason)


def count_files(request: HttpRequest, files: int) -> None:
    """Count files that are about to be kept; raise TooMany if their network has sent too many."""
    if sender := network.sender(request):
        reason = _("Too many files came from your network in a short time.")
        _count(f"file:{sender}", conf.COP_RATE_LIMIT_FILES, reason, files)


def count_sent(sender: str) -> None:
    """Count what the network `sender` has sent and we have taken, in the transaction that stores it; or TooMany."""
    if sender:
        reason = _("Too many forms came from your network in a short time.")
        _count(f"form:{sender}", conf.COP_RATE_LIMIT_ADDRESS, reason)


def count_message(*, sender: str, email: str, to: str) -> None:
    """Count a message from `email` and the network `sender` to the address `to`, in the sender's transaction.

    Raise TooMany if it is one too many. Each sender has a limit, so that nobody uses up the limit of others; a much
    higher limit counts all messages to one person.
    """
    count_sent(sender)
    reason = _("You have written to this person several times in a short time.")
    for writer in filter(None, (sender, email.lower())):
        _count(f"message:{writer}:{to.lower()}", conf.COP_RATE_LIMIT_RECIPIENT, reason)
    reason = _("Many messages have come for this person in the last hour.")
    _count(f"messages:{to.lower()}", conf.COP_RATE_LIMIT_FACILITATOR, reason)


def may_mail(email: str) -> bool:
    """Count an email to an address that a visitor typed; tell whether it is within the limit of this hour."""
    try:
        limits.count(f"mail:{email.lower()}", limit=conf.COP_RATE_LIMIT_RECIPIENT, seconds=HOUR)
    except limits.UsedUp:
        return False
    return True
