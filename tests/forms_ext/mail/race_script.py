"""Races of the email log: `race WORKERS MAILS`, `unguarded WORKERS MAILS`, `killed`."""

import os
import signal
import time
from typing import Any

from demo import mailbox
from django.utils import timezone

from forms_ext.base.conf import Conf
from forms_ext.mail import actions, delivery, email_types, queries
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME
from tests.racing import together


def fill(count: int) -> None:
    """Create emails whose delivery has not started."""
    actions._deliver_after_commit = lambda pk: None
    for number in range(count):
        actions.send(kind=WELCOME.name, to=f"person{number}@example.com", fields=VALUES, secrets={"link": LINK})


def unguarded(pk: int) -> OutgoingMail | None:
    """Claim an email the wrong way: read, pause, write."""
    mail = OutgoingMail.objects.filter(queries.is_due(), pk=pk).first()
    if mail is None:
        return None
    time.sleep(0.05)
    mail.state, mail.claimed_at, mail.attempts = OutgoingMail.State.SENDING, timezone.now(), mail.attempts + 1
    mail.save()
    return mail


def die() -> None:
    """Get killed between claiming and sending."""
    delivery._using = lambda: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, return-value]
    delivery.deliver_due()


def received() -> list[str]:
    """Return the recipients of the emails in the mailbox."""
    return sorted(mail.to for mail in mailbox.all_mails())


def race(workers: int, mails: int) -> dict[str, object]:
    """Let the workers send the same emails."""
    fill(mails)
    return {"counts": together([delivery.deliver_due] * workers), "received": received()}


def killed() -> dict[str, object]:
    """Kill the worker that has an email, and let others run, at once and after its claim has expired."""
    fill(1)
    steps = {"killed": together([die]), "at_once": together([delivery.deliver_due])}
    time.sleep(1.1)
    return steps | {"later": together([patient] * 2), "received": received()}


def patient() -> int:
    """Send what is due; claims expire after one second."""
    Conf.COP_MAIL_CLAIM_SECONDS.default = 1
    return delivery.deliver_due()


def main(verb: str, *figures: str) -> Any:
    """Run what the first argument names."""
    email_types.register(WELCOME)
    if verb == "unguarded":
        delivery.claim = unguarded
    return killed() if verb == "killed" else race(*map(int, figures))
