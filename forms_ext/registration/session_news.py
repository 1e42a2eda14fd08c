"""What members are told of changed sessions: which changes matter to them, the words, the calendar entries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_program import calendars
from cop_program.models import Program, SessionPage, SessionRecord, SessionState

from ..mail.actions import Attachment
from ..mail.sender import sender_address
from . import sessions


class News(StrEnum):
    """A change that members are told."""

    CANCELLED = "cancelled"
    MOVED = "moved"
    ADDED = "added"
    BACK = "back"
    JOIN_LINK = "join_link"
    RECORDING = "recording"


def news(before: SessionState | None, after: SessionState, moment: datetime) -> tuple[News, ...]:
    """Return what to tell of a session that members knew as `before` and that became `after` at `moment`.

    What is past matters to nobody, except a recording.
    """
    was_on = before is not None and before.is_on
    if not after.is_on:
        return (News.CANCELLED,) if was_on and _is_ahead(before, moment) else ()
    found = []
    if not was_on:
        found += [News.BACK if before else News.ADDED] if _is_ahead(after, moment) else []
    elif _times(before) != _times(after) and (_is_ahead(before, moment) or _is_ahead(after, moment)):
        found.append(News.MOVED)
    if _is_new("join_link", before, after) and _is_ahead(after, moment):
        found.append(News.JOIN_LINK)
    if _is_new("recording_link", before, after):
        found.append(News.RECORDING)
    return tuple(found)


def _times(state: SessionState | None) -> tuple[datetime, datetime] | None:
    return (state.starts_at, state.ends_at) if state else None


def _is_ahead(state: SessionState | None, moment: datetime) -> bool:
    return state is not None and state.ends_at > moment


def _is_new(name: str, before: SessionState | None, after: SessionState) -> bool:
    link = getattr(after, name)
    return bool(link) and link != getattr(before, name, "")


@dataclass(frozen=True)
class Told:
    """What is told of one session. Who did not know it `before` is not told how it was."""

    record: SessionRecord
    before: SessionState | None
    news: tuple[News, ...]

    def line(self, title: str, zone: str, language: str) -> str:
        """Return the change in lines of an email."""
        now = sessions.when(self.record, zone, language)
        then = sessions.when(self.before, zone, language) if self.before else ""
        if News.CANCELLED in self.news:
            return "\n".join([_("Cancelled: %(title)s") % {"title": title}, then or now])
        lines = []
        if News.MOVED in self.news:
            lines += [_("Moved: %(title)s") % {"title": title}, _("Now: %(when)s") % {"when": now}]
            lines += [_("Before: %(when)s") % {"when": then}] if then else []
        elif News.ADDED in self.news:
            lines += [_("New: %(title)s") % {"title": title}, now]
        elif News.BACK in self.news:
            lines += [_("Taking place after all: %(title)s") % {"title": title}, now]
        elif News.JOIN_LINK in self.news:
            lines += [title, now]
        else:
            lines.append(title)
        if link := self.record.join_link if self.has_entry else "":
            lines.append(_("Join: %(link)s") % {"link": link})
            if News.JOIN_LINK in self.news and self.before and self.before.join_link:
                lines.append(_("Any earlier link no longer works."))
        if News.RECORDING in self.news:
            lines.append(_("Recording: %(link)s") % {"link": self.record.recording_link})
        return "\n".join(lines)

    def headline(self, title: str) -> str:
        """Return the change in a few words, for a subject."""
        words = {
            News.CANCELLED: _("%(title)s is cancelled"),
            News.MOVED: _("%(title)s has moved"),
            News.ADDED: _("New session, %(title)s"),
            News.BACK: _("%(title)s takes place after all"),
            News.JOIN_LINK: _("Join link for %(title)s"),
            News.RECORDING: _("Recording of %(title)s"),
        }
        return words[self.news[0]] % {"title": title}

    @property
    def has_entry(self) -> bool:
        """Whether calendars have to know: not of a recording alone."""
        return self.news != (News.RECORDING,)


@dataclass(frozen=True)
class Letter:
    """The news of a program for readers of one language."""

    program: Program
    told: Sequence[Told]
    language: str

    @cached_property
    def _pages(self) -> dict[object, SessionPage]:
        return {page.translation_key: page for page in sessions.published(self.program, self.language)}

    def _title(self, record: SessionRecord) -> str:
        page = self._pages.get(record.session_key)
        return page.title if page else record.title_in(self.language)

    def fields(self, zone: str) -> dict[str, str]:
        """Return what the email says to a reader in `zone`."""
        with translation.override(self.language):
            entries = sum(one.has_entry for one in self.told)
            return {
                "what": self.subject(),
                "changes": "\n\n".join(self.lines(zone)),
                "calendar": ngettext(
                    "The calendar entry is attached: open it to update your calendar. If you subscribe to your session "
                    "calendar, it changes by itself.",
                    "The calendar entries are attached: open them to update your calendar. If you subscribe to your "
                    "session calendar, it changes by itself.",
                    entries,
                )
                if entries
                else "",
            }

    def lines(self, zone: str) -> list[str]:
        """Return each change as it is told to a reader in `zone`."""
        with translation.override(self.language):
            return [one.line(self._title(one.record), zone, self.language) for one in self.told]

    def subject(self) -> str:
        """Return what has changed, in a few words."""
        if len(self.told) == 1:
            return self.told[0].headline(self._title(self.told[0].record))
        n = len(self.told)
        return ngettext("%(n)d session has changed", "%(n)d sessions have changed", n) % {"n": n}

    def entries(self, attendee: str) -> list[Attachment]:
        """Return the calendar entries for `attendee`, one for each session (RFC 5546)."""
        with translation.override(self.language):
            return [self._entry(one.record, attendee) for one in self.told if one.has_entry]

    def _entry(self, record: SessionRecord, attendee: str) -> Attachment:
        page = self._pages.get(record.session_key)
        entry = replace(sessions.entry(page), record=record) if page else calendars.Entry(record=record)
        method, content = calendars.message(
            self.program, entry, language=self.language, organizer=sender_address(), attendee=attendee
        )
        name = slugify(self._title(record))[:60] or "session"
        return Attachment("", f"{name}.ics", f"text/calendar; method={method}", content.decode())
