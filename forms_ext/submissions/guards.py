"""What stands between a public form and machines: a trap, the time it took, and limits.

Every way in asks the same guards, in this order: `count_post`, `check_open` where there is a deadline, `check_sender`
where the form was shown here and so bears a token, and `count_sent` (for messages to facilitators `count_message`).

A post counts against the limit of what a network may send only once it is taken, in the transaction that stores it.
Limits that are much higher count every post and every file, so that a flood of wrong ones ends too. A sender whose
network is not known (`network.UNKNOWN`) is held by the other guards alone: nobody shares a limit with all the world.
"""

import math
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_program import formatting, locales, reader
from cop_program.clock import now

from ..base import limits, network
from ..base.conf import conf
from ..base.errors import ActionRefused
from .tokens import Token

if TYPE_CHECKING:
    from .pages import AbstractFormPage

TRAP = "fax_number"
HOUR = 3600


class Closed(ActionRefused):
    """The form takes nothing any more, or not yet."""


class Doubtful(ActionRefused):
    """A person would look the form over and send it again; a machine would not."""


class TooMany(Exception):
    """A limit is used up; `str()` tells the sender which one."""

    def __init__(self, reason: str, used_up: limits.UsedUp) -> None:
        super().__init__(reason)
        self.used_up = used_up

    @property
    def retry_after(self) -> str:
        """The value of the header Retry-After."""
        return str(self.used_up.seconds)

    def words(self, request: HttpRequest) -> str:
        """Return the reason and when to try again, in the reader's time zone (UTC if it is not known)."""
        return f"{self} {_when(self.used_up.until, math.ceil(self.used_up.seconds / 60), request)}"


def _when(until: datetime, minutes: int, request: HttpRequest) -> str:
    zone = reader.zone(request)
    time = formatting.time_text(until.astimezone(ZoneInfo(zone or "UTC")).time(), locales.language())
    return ngettext(
        "Try again at %(time)s, in %(minutes)s minute.",
        "Try again at %(time)s, in %(minutes)s minutes.",
        minutes,
    ) % {"time": time if zone else f"{time} UTC", "minutes": minutes}


def _count(key: str, limit: int, reason: str, times: int = 1) -> None:
    try:
        limits.count(key, limit=limit, seconds=HOUR, times=times)
    except limits.UsedUp as used_up:
        raise TooMany(reason, used_up) from None


def count_post(request: HttpRequest, *, files: int = 0) -> None:
    """Count a post, whatever becomes of it, and its `files`; raise TooMany if its network sent a flood of either."""
    if sender := network.sender(request):
        reason = _("Too many forms were sent from your network in a short time.")
        _count(f"try:{sender}", conf.COP_RATE_LIMIT_ATTEMPTS, reason)
        reason = _("Too many files were sent from your network in a short time.")
        _count(f"file:{sender}", conf.COP_RATE_LIMIT_FILES, reason, files)


def check_open(page: "AbstractFormPage") -> None:
    """Raise Closed if the form of `page` does not take answers now."""
    if not page.is_open(now()):
        raise Closed(page.why_closed())


def check_sender(request: HttpRequest, token: Token | None, *, version_id: int = 0) -> None:
    """Raise Doubtful unless a person sent what the form with `token`, of the version `version_id`, had asked them."""
    if token is None or token.is_stale:
        raise Doubtful(_("This page was open for a long time. Your answers are still here: check and send them again."))
    if request.POST.get(TRAP):
        raise Doubtful(_("Leave the fax number empty and send the form again."))
    if token.is_hasty:
        raise Doubtful(_("The form was sent too quickly. Check your answers and send it again."))
    if token.version_id != version_id:
        raise Doubtful(
            _("The form has changed since you opened it. Your answers are still here: check and send them again.")
        )


def count_sent(sender: str) -> None:
    """Count what the network `sender` has sent and we have taken, in the transaction that stores it; or TooMany."""
    if sender:
        reason = _("Too many forms were sent from your network in a short time.")
        _count(f"form:{sender}", conf.COP_RATE_LIMIT_ADDRESS, reason)


def count_message(*, sender: str, email: str, to: str) -> None:
    """Count a message from `email` and the network `sender` to the address `to`, in the sender's transaction.

    Raise TooMany if it is one too many. Each sender has a limit, so that nobody uses up the limit of others; a much
    higher limit counts all messages to one person.
    """
    count_sent(sender)
    reason = _("You have sent this person several messages in a short time.")
    for writer in filter(None, (sender, email.lower())):
        _count(f"message:{writer}:{to.lower()}", conf.COP_RATE_LIMIT_RECIPIENT, reason)
    reason = _("This person has received many messages in the last hour.")
    _count(f"messages:{to.lower()}", conf.COP_RATE_LIMIT_FACILITATOR, reason)


def may_mail(email: str) -> bool:
    """Count an email to an address that a visitor typed; tell whether it is within the limit of this hour."""
    try:
        limits.count(f"mail:{email.lower()}", limit=conf.COP_RATE_LIMIT_RECIPIENT, seconds=HOUR)
    except limits.UsedUp:
        return False
    return True
