"""A program's sessions as an iCalendar feed (RFC 5545): a public one, and the parts of a member's own.

A UID is made from the keys of the program and the session. It is the same in every language and never changes; a copied
program has new ones. SEQUENCE rises for all sessions of a program whenever the published time or status of one changes
(`Program.calendar_sequence`).
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText, vUri

from .models import Program, SessionPage
from .translations import title_of

REFRESH = timedelta(hours=6)
CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Entry:
    """A session as a calendar shows it; `location` and `notes` depend on the reader."""

    session: SessionPage
    url: str = ""
    location: str = ""
    notes: tuple[str, ...] = ()


def uid(program: Program, session: SessionPage) -> str:
    """Return the UID of `session`, the same for ever."""
    return str(uuid.uuid5(program.calendar_uid, f"session:{session.translation_key}"))


def feed(program: Program, entries: Iterable[Entry], *, language: str, name: str) -> bytes:
    """Return the calendar `name`; in a program that was cancelled every session is cancelled."""
    calendar = Calendar()
    calendar.add("prodid", "-//wagtail-cop//cop_program//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar["name"] = vText(name)
    calendar["x-wr-calname"] = vText(name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar["x-published-ttl"] = vText("PT6H")
    title = title_of(program, language)
    for entry in entries:
        calendar.add_component(_event(program, title, entry, language))
    return bytes(calendar.to_ical())


def _event(program: Program, program_title: str, entry: Entry, language: str) -> Event:
    session, called_off = entry.session, program.status == Program.Status.CALLED_OFF
    is_cancelled = session.is_cancelled or called_off
    stamp = _stamp(program, session)
    event = Event()
    event.add("uid", uid(program, session))
    event.add("sequence", program.calendar_sequence + called_off)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    title = _("Cancelled: %(title)s") % {"title": session.title} if is_cancelled else session.title
    event.add("summary", plain(f"{program_title}: {title}"), parameters={"LANGUAGE": language})
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    if entry.url:
        event["url"] = vUri(entry.url)
    if entry.location and not is_cancelled:
        event.add("location", plain(entry.location))
    notes = [plain(strip_tags(session.description.replace("</p>", "</p>\n"))).strip(), *entry.notes, entry.url]
    event.add("description", "\n\n".join(note for note in notes if note))
    return event


def plain(text: str) -> str:
    """Return `text` without the control characters that RFC 5545 forbids."""
    return "".join(char for char in text if char in "\t\n" or not (ord(char) < 32 or ord(char) == 127))


def _stamp(program: Program, session: SessionPage) -> datetime:
    """Return when the calendar's data of `session` last changed."""
    moments = [session.last_published_at, session.first_published_at, program.status_changed_at]
    return max((moment for moment in moments if moment), default=session.starts_at).replace(microsecond=0)


def answer(request: HttpRequest, content: bytes, *, file_name: str) -> HttpResponse:
    """Return `content` for a calendar that asks again and again: 304 if nothing has changed."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Content-Disposition"] = content_disposition_header(False, f"{file_name}.ics") or "inline"
    response["Cache-Control"] = "no-cache"
    found = get_conditional_response(request, etag=etag, response=response)
    assert found is not None
    return found
