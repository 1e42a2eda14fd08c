"""One timeline of a person: answers, notes, decisions, links, emails, and what other packages add."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from ...applications.models import Application
from ...base.permissions import may
from ...base.references import reference_to
from ...base.timeline import Entry, logged, name_of
from ...mail.admin.timeline import emails_about
from ...mail.models import OutgoingMail
from ...submissions.actions import DOWNLOADED
from ..models import Invitation


def _application(application: Application) -> Iterator[Entry]:
    entered = application.source == Application.Source.STAFF
    title = _("Application added by staff") if entered else _("Application sent")
    yield Entry(application.submitted_at, title, application.reference, name_of(application.entered_by))
    yield from corrections(application)
    for note in application.notes.select_related("author"):
        yield Entry(note.created_at, _("Note"), note.text, name_of(note.author))
    for decision in application.decisions.select_related("decided_by"):
        yield Entry(
            decision.decided_at,
            _("Decision: %(state)s") % {"state": decision.get_to_state_display()},
            decision.reason,
            name_of(decision.decided_by),
        )


def corrections(row: Any) -> Iterator[Entry]:
    """Yield an entry for each correction of `row`, an application or a registration."""
    for correction in row.corrections.select_related("by"):
        for change in correction.changes:
            text = f"{change}. {correction.reason}" if correction.reason else change
            yield Entry(correction.corrected_at, _("Corrected"), text, name_of(correction.by))


def _links(invitations: list[Invitation]) -> Iterator[Entry]:
    for invitation in invitations:
        yield Entry(invitation.created_at, _("Invitation link created"), by=name_of(invitation.created_by))
        if invitation.used_at:
            yield Entry(invitation.used_at, _("Invitation link used to register"))
        if invitation.revoked_at:
            by = name_of(invitation.revoked_by)
            yield Entry(invitation.revoked_at, _("Invitation link disabled"), invitation.revoked_reason, by)


def of_application(application: Application, user: Any, added: Iterable[Entry]) -> list[Entry]:
    """Return the timeline of `application` for `user` with what other packages have `added`, the newest first."""
    invitations = list(application.invitations.select_related("created_by", "revoked_by"))
    entries = [*_application(application), *_links(invitations), *logged(application, DOWNLOADED), *added]
    if may(user, "view", OutgoingMail):
        entries += emails_about([reference_to(application)])
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
