"""One timeline of a person: what happened to the application, emails, and what other packages add."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from ...applications.models import Application
from ...base import events
from ...base.permissions import may
from ...base.references import reference_to
from ...base.timeline import Entry, name_of
from ...mail.admin.timeline import emails_about
from ...mail.models import OutgoingMail

APPLIED = {"forms_ext.applications.apply", "forms_ext.applications.enter"}


def _happened(application: Application) -> Iterator[Entry]:
    """Yield the events of `application`, with the words of the rows that they name."""
    notes = {note.pk: note for note in application.notes.all()}
    decisions = {decision.pk: decision for decision in application.decisions.all()}
    links = {invitation.pk: invitation for invitation in application.invitations.all()}
    corrections = {correction.pk: correction for correction in application.corrections.all()}
    for event in events.about(application):
        title, text = events.label(event.name), ""
        if event.name in APPLIED:
            text = application.reference
        elif note := notes.get(event.data.get("note")):
            title, text = _("Note"), note.text
        elif decision := decisions.get(event.data.get("decision")):
            title, text = _("Decision: %(state)s") % {"state": decision.get_to_state_display()}, decision.reason
        elif correction := corrections.get(event.data.get("correction")):
            text = correction.text
        elif link := links.get(event.data.get("invitation")):
            text = link.revoked_reason if event.name == "forms_ext.admission.revoke_link" else ""
        yield Entry(event.at, title, text, name_of(event.by))


def of_application(application: Application, user: Any, added: Iterable[Entry]) -> list[Entry]:
    """Return the timeline of `application` for `user` with what other packages have `added`, the newest first."""
    entries = [*_happened(application), *added]
    if may(user, "view", OutgoingMail):
        entries += emails_about([reference_to(application)])
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
