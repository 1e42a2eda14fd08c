"""Tell the members what has changed in their sessions: once for all changes, when nothing has changed for a while.

Published changes are collected as states, not as steps: for each session, how members know it. What is again as they
know it has not changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cop_program.clock import now
from cop_program.models import Program, SessionRecord, SessionState

from ..base import history
from ..base.errors import ActionRefused
from ..registration import queries as registration_queries
from ..registration.emails import sending
from ..registration.models import Registration
from ..registration.session_news import Letter, News, Told, news
from .models import SessionChange

if TYPE_CHECKING:
    from django.contrib.auth.models import User

QUIET = timedelta(minutes=30)
#: A session that begins within this time of its change is told of sooner.
SOON, QUIET_IF_SOON = timedelta(hours=1), timedelta(minutes=5)
#: What the list of sessions in the email of a confirmed program tells as well.
LISTED = {News.ADDED, News.JOIN_LINK}


@dataclass(frozen=True)
class Pending:
    """The changes of a program that its members are told at `due_at`, the sessions by their start; its members."""

    program: Program
    changes: Sequence[SessionChange]
    due_at: datetime
    members: int

    @property
    def is_due(self) -> bool:
        """Whether the next run of the scheduler tells it."""
        return self.due_at <= now()

    def letter(self, language: str) -> Letter:
        """Return what a member is told who knows all sessions as they were."""
        return Letter(self.program, [_told(change) for change in self.changes], language)


def collect(program: Program, record: SessionRecord, before: SessionState | None) -> None:
    """Note that a published session was `before` until now, unless nobody has to be told."""
    if program.status == Program.Status.CALLED_OFF or not registration_queries.members(program).exists():
        return
    moment = now()
    change, is_new = SessionChange.objects.get_or_create(
        record=record,
        defaults={
            "program": program,
            "known": before.as_json() if before else None,
            "since": moment,
            "changed_at": moment,
        },
    )
    if change.before == record.state:
        change.delete()
    elif not is_new:
        change.changed_at = moment
        change.save(update_fields=["changed_at"])


def pending(program: Program) -> Pending | None:
    """Return what the members of `program` will be told, or None."""
    found = list(_changes(program))
    changes = [change for change in found if _told(change).news]
    members = registration_queries.members(program).count() if changes else 0
    if not members or program.status == Program.Status.CALLED_OFF:
        return None
    return Pending(program, changes, _due_at(found), members)


@transaction.atomic
def tell_now(*, program: Program, by: "User | None") -> int:
    """Email the members at once what has changed in their sessions; return how many get an email.

    Raise ActionRefused if there is nothing to tell.
    """
    return _tell_all(_pending(Program.locked(program.pk)), by)


@transaction.atomic
def dont_tell(*, program: Program, by: "User | None") -> None:
    """Let the members count as knowing all sessions as they are. Raise ActionRefused if there is nothing to tell."""
    found = _pending(Program.locked(program.pk))
    _changes(found.program).delete()
    history.record(found.program, "forms_ext.programs.drop_changes", user=by, sessions=len(found.changes))


def _pending(program: Program) -> Pending:
    found = pending(program)
    if found is None:
        raise ActionRefused(_("There is nothing to tell: the members know all sessions as they are."))
    return found


def tell_due() -> int:
    """Tell the changes of each program whose quiet time is over; return how many emails that are. Runs periodically."""
    programs = Program.objects.filter(session_changes__changed_at__lte=now() - QUIET_IF_SOON).distinct()
    return sum(_tell_if_due(program.pk) for program in programs)


@transaction.atomic
def _tell_if_due(pk: int) -> int:
    program = Program.locked(pk)
    changes = list(_changes(program))
    if not changes or _due_at(changes) > now():
        return 0
    if found := pending(program):
        return _tell_all(found, None)
    _changes(program).delete()
    return 0


def _tell_all(found: Pending, by: "User | None") -> int:
    sent = sum(_tell(member, found) for member in _members(found.program))
    _changes(found.program).delete()
    history.record(found.program, "forms_ext.programs.tell_changes", user=by, sessions=len(found.changes), members=sent)
    return sent


def _members(program: Program) -> QuerySet[Registration]:
    return registration_queries.members(program).select_related("invitation__application", "account")


def _tell(member: Registration, found: Pending) -> bool:
    """Tell a member what has changed since they became one; return whether there is anything."""
    member.program = found.program
    joined = member.state_changed_at
    told = [_told(change, joined) for change in found.changes if joined <= change.changed_at]
    if told:
        sending.sessions_changed(member, Letter(found.program, told, member.language))
    return bool(told)


def listed(program: Program) -> None:
    """Note that the members are being sent the list of sessions with their join links."""
    for change in _changes(program):
        if set(_told(change).news) <= LISTED:
            change.delete()


def _changes(program: Program) -> QuerySet[SessionChange]:
    return SessionChange.objects.filter(program=program).select_related("record")


def _told(change: SessionChange, joined: datetime | None = None) -> Told:
    """Return what is told of a change; to a member who `joined` meanwhile nothing of how the session was."""
    found = news(change.before, change.record.state, change.changed_at)
    knows = joined is None or joined <= change.since
    return Told(change.record, change.before if knows else None, found)


def _due_at(changes: Sequence[SessionChange]) -> datetime:
    last = max(change.changed_at for change in changes)
    starts = [state.starts_at for change in changes for state in (change.before, change.record.state) if state]
    is_soon = any(last <= start <= last + SOON for start in starts)
    return last + (QUIET_IF_SOON if is_soon else QUIET)
