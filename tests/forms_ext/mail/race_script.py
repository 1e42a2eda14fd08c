"""What the processes of the race test do: `fill N`, `send`, `send-unguarded`, `die`."""

import os
import signal
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402

from forms_ext.mail import actions, delivery, kinds, queries  # noqa: E402
from forms_ext.models import OutgoingMail  # noqa: E402
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME  # noqa: E402
from tests.racing import wait_for_go  # noqa: E402

kinds.register(WELCOME)


def fill(count: int) -> None:
    """Write mails whose delivery nobody has started."""
    actions._deliver_after_commit = lambda pk: None  # type: ignore[assignment]
    for number in range(count):
        actions.send(kind=WELCOME.name, to=f"person{number}@example.com", fields=VALUES, secrets={"link": LINK})


def unguarded(pk: int) -> OutgoingMail | None:
    """Claim a mail the wrong way: read, pause, write."""
    mail = OutgoingMail.objects.filter(queries.is_due(), pk=pk).first()
    if mail is None:
        return None
    time.sleep(0.05)
    mail.state, mail.claimed_at, mail.attempts = OutgoingMail.State.SENDING, timezone.now(), mail.attempts + 1
    mail.save()
    return mail


def die() -> None:
    """Be killed between the claim and the sending."""
    delivery._using = lambda: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, return-value]
    delivery.deliver_due()


def main() -> None:
    """Do what the first argument says."""
    verb = sys.argv[1]
    if verb == "fill":
        fill(int(sys.argv[2]))
        return
    if verb == "send-unguarded":
        delivery.claim = unguarded
    wait_for_go()
    if verb == "die":
        die()
    print(delivery.deliver_due())


main()
