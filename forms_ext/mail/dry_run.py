"""What an action would email: it runs in a transaction that is rolled back, so that the emails are its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from ..base.admin.views import ShownEmail
from . import email_types, rendering
from .models import OutgoingMail

__all__ = ["audience", "emails_of", "follows", "written"]


@dataclass
class _Trial:
    """What was written so far, what follows it, and to whom it goes from here on."""

    emails: list[ShownEmail] = field(default_factory=list)
    following: list[Callable[[], Any]] = field(default_factory=list)
    audience: str = ""
    recipients: int = 1

    def end(self) -> None:
        """Write what follows."""
        following, self.following = self.following, []
        for write in following:
            write()


_current: ContextVar[_Trial | None] = ContextVar("trial", default=None)


def emails_of(action: Callable[[], Any]) -> list[ShownEmail]:
    """Return the emails that `action` writes, and undo all that it does; what it raises is raised.

    What the database does not undo must wait for the commit (`transaction.on_commit`), as it should in any action.
    """
    trial = _Trial()
    token = _current.set(trial)
    try:
        with transaction.atomic():
            action()
            trial.end()
            transaction.set_rollback(True)
    finally:
        _current.reset(token)
    return trial.emails


@contextmanager
def audience(name: str, recipients: int) -> Iterator[None]:
    """Say that emails written inside go to one of `recipients` people who are called `name`."""
    trial = _current.get()
    assert trial is not None, "only in a trial"
    trial.audience, trial.recipients = name, recipients
    yield
    trial.end()
    trial.audience, trial.recipients = "", 1


def written(mail: OutgoingMail, attachments: Sequence[str]) -> None:
    """Note that `mail` was written; outside a trial nothing happens."""
    if (trial := _current.get()) is None:
        return
    kind = email_types.find(mail.kind)
    trial.emails.append(
        ShownEmail(
            kind=str(kind.label) if kind else mail.kind,
            to=f"{mail.recipient_name} <{mail.recipient}>" if mail.recipient_name else mail.recipient,
            subject=mail.subject,
            text=rendering.masked(mail.text),
            html=rendering.masked(mail.html),
            attachments=attachments,
            audience=trial.audience,
            recipients=trial.recipients,
        )
    )


def follows(write: Callable[[], Any]) -> None:
    """Say that background work will write an email by `write`: in a trial it is written after those of the action."""
    if (trial := _current.get()) is not None:
        trial.following.append(write)
