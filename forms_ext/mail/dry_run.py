"""Preview the emails of an action: run it in a transaction that is rolled back."""

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
    """The emails so far, those that follow, and to whom the next ones go."""

    emails: list[ShownEmail] = field(default_factory=list)
    following: list[Callable[[], Any]] = field(default_factory=list)
    audience: str = ""
    recipients: int = 1

    def end(self) -> None:
        """Create the emails that follow."""
        following, self.following = self.following, []
        for write in following:
            write()


_current: ContextVar[_Trial | None] = ContextVar("trial", default=None)


def emails_of(action: Callable[[], Any]) -> list[ShownEmail]:
    """Return the emails that `action` creates, and undo everything it does. Its errors pass through.

    What the database cannot undo must wait for the commit (`transaction.on_commit`), as in any action.
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
    """Say that emails created inside go to one of `recipients` people, described as `name`."""
    trial = _current.get()
    assert trial is not None, "only in a trial"
    trial.audience, trial.recipients = name, recipients
    yield
    trial.end()
    trial.audience, trial.recipients = "", 1


def written(mail: OutgoingMail, attachments: Sequence[str]) -> None:
    """Note that `mail` was created; outside a dry run nothing happens."""
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
    """Say that background work will create an email with `write`; a dry run shows it after the action's own."""
    if (trial := _current.get()) is not None:
        trial.following.append(write)
