"""A program's sessions as an iCalendar feed (RFC 5545): a public one, and the parts of a member's own.

A UID is made from the keys of the program and the session. It is the same in every language and never changes; a copied
program has new ones. SEQUENCE rises whenever the published time or status of the session changes (`SessionRecord`). A
session that is unpublished or deleted stays, cancelled, so that calendars which have it learn of it.

`feed` is for those who subscribe (METHOD:PUBLISH). `message` is an iTIP message (RFC 5546) to one attendee: one session
in each, since all events of a message must have the same UID.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from .models import Program, SessionPage, SessionRecord
from .translations import title_of

REFRESH = timedelta(hours=6)
CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Entry:
    """A session as a calendar shows it; `location` and `notes` depend on the reader. A gone one has no page."""

    session: SessionPage | None = None
    url: str = ""
    location: str = ""
    notes: tuple[str, ...] = ()
    record: SessionRecord | None = None


def uid(program: Program, key: uuid.UUID) -> str:
    """Return the UID of the session with the translation key `key`, the same for ever."""
    return str(uuid.uuid5(program.calendar_uid, f"session:{key}"))


def gone(program: Program, *, for_everyone: bool = False) -> list[Entry]:
    """Return the sessions of `program` that are gone; `for_everyone` leaves out those that were private."""
    records = program.session_records.filter(is_gone=True)
    return [Entry(record=record) for record in (records.filter(is_private=False) if for_everyone else records)]


def feed(program: Program, entries: Iterable[Entry], *, language: str, name: str) -> bytes:
    """Return the calendar `name`; in a program that was cancelled every session is cancelled."""
    calendar = _calendar("PUBLISH")
    calendar["name"] = vText(name)
    calendar["x-wr-calname"] = vText(name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar["x-published-ttl"] = vText("PT6H")
    title = title_of(program, language)
    records = {record.session_key: record for record in program.session_records.all()}
    for entry in entries:
        known = records.get(entry.session.translation_key) if entry.session else None
        calendar.add_component(_event(program, title, replace(entry, record=entry.record or known), language))
    return bytes(calendar.to_ical())


def message(program: Program, entry: Entry, *, language: str, organizer: str, attendee: str) -> tuple[str, bytes]:
    """Return the iTIP method, REQUEST or CANCEL, and the message that tells `attendee` of the session of `entry`.

    Both parties are email addresses. No answer is asked for.
    """
    event = _event(program, title_of(program, language), entry, language)
    method = "CANCEL" if event["status"] == "CANCELLED" else "REQUEST"
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    guest = vCalAddress(f"mailto:{attendee}")
    guest.params |= {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    event.add("attendee", guest)
    calendar = _calendar(method)
    calendar.add_component(event)
    return method, bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//wagtail-cop//cop_program//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(program: Program, program_title: str, entry: Entry, language: str) -> Event:
    session, record = entry.session, entry.record
    if session is not None:
        key, title, starts_at, ends_at = session.translation_key, session.title, session.starts_at, session.ends_at
        is_cancelled, about = session.is_cancelled, session.description
    else:
        assert record is not None
        key, title, starts_at, ends_at = record.session_key, record.title_in(language), record.starts_at, record.ends_at
        is_cancelled, about = True, ""
    called_off = program.status == Program.Status.CALLED_OFF
    is_cancelled = is_cancelled or called_off
    moments = [record and record.changed_at, session and session.last_published_at, program.status_changed_at]
    stamp = max((moment for moment in moments if moment), default=starts_at).replace(microsecond=0)
    event = Event()
    event.add("uid", uid(program, key))
    event.add("sequence", (record.sequence if record else 0) + called_off)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    title = _("Cancelled: %(title)s") % {"title": title} if is_cancelled else title
    event.add("summary", plain(f"{program_title}: {title}"), parameters={"LANGUAGE": language})
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    if entry.url:
        event["url"] = vUri(entry.url)
    if entry.location and not is_cancelled:
        event.add("location", plain(entry.location))
    notes = [plain(strip_tags(about.replace("</p>", "</p>\n"))).strip(), *entry.notes, entry.url]
    if found := [note for note in notes if note]:
        event.add("description", "\n\n".join(found))
    return event


def plain(text: str) -> str:
    """Return `text` without the control characters that RFC 5545 forbids."""
    return "".join(char for char in text if char in "\t\n" or not (ord(char) < 32 or ord(char) == 127))


def answer(request: HttpRequest, content: bytes, *, file_name: str) -> HttpResponse:
    """Return `content` for a calendar that asks again and again: 304 if nothing has changed."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Content-Disposition"] = content_disposition_header(False, f"{file_name}.ics") or "inline"
    response["Cache-Control"] = "no-cache"
    found = get_conditional_response(request, etag=etag, response=response)
    assert found is not None
    return found
