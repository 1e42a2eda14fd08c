"""The sessions of a program for its members: with join links and recordings, in their own time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from cop_program import calendars, locales
from cop_program.formatting import day_text, generic_name, time_range
from cop_program.models import Program, SessionPage, SessionRecord, SessionState
from cop_program.translations import localized, title_of

from .models import Registration


@dataclass(frozen=True)
class MemberSession:
    """One session; `when` is written in the reader's zone. The links are private."""

    pk: int
    title: str
    when: str
    join_link: str
    recording_link: str
    is_cancelled: bool


def when(session: SessionPage | SessionRecord | SessionState, zone: str, language: str) -> str:
    """Return "Wednesday 7 February 2024, 4:00 - 7:00 pm, Pacific Time"."""
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (session.starts_at, session.ends_at))
    hours = time_range(start.time(), end.time(), language, days=(end.date() - start.date()).days)
    return f"{day_text(start.date(), language)}, {hours}, {generic_name(zone, language)}"


def member_sessions(program: Program, *, zone: str, language: str) -> list[MemberSession]:
    """Return the published sessions of `program` by their start, in the words of `language` if there are any."""
    return [
        MemberSession(
            pk=page.pk,
            title=page.title,
            when=when(page, zone, language),
            join_link=page.join_link,
            recording_link=page.recording_link,
            is_cancelled=page.is_cancelled,
        )
        for page in published(program, language)
    ]


def published(program: Program, language: str) -> list[SessionPage]:
    """Return the published sessions of `program` by their start, in `language` if they are translated."""
    return localized(program.page.sessions().live(), language, for_participants=True)


def as_text(sessions: Sequence[MemberSession]) -> str:
    """Return the sessions that are not cancelled as lines of an email, each with its join link."""
    lines = []
    for session in sessions:
        if not session.is_cancelled:
            lines.append(f"{session.title}: {session.when}" + (f"\n{session.join_link}" if session.join_link else ""))
    return "\n".join(lines)


def shown_to(registration: Registration, *, zone: str) -> list[MemberSession]:
    """Return the sessions of the person with `registration`; only members see sessions and their links."""
    return (
        member_sessions(registration.program, zone=zone, language=registration.language)
        if _is_member(registration)
        else []
    )


def calendar(registration: Registration) -> bytes:
    """Return the sessions as a calendar with join links and recordings; empty if the person is not a member."""
    language, program = locales.language(), registration.program
    entries: list[calendars.Entry] = []
    if _is_member(registration):
        entries = [*map(entry, published(program, language)), *calendars.gone(program)]
    name = _("%(program)s (my sessions)") % {"program": title_of(program, language)}
    return calendars.feed(program, entries, language=language, name=name)


def attachment(pk: str) -> bytes:
    """Return the calendar of the registration `pk` as an email attaches it."""
    registration = Registration.objects.select_related("program__page").get(pk=pk)
    with translation.override(registration.language):
        return calendar(registration)


def _is_member(registration: Registration) -> bool:
    return registration.state == Registration.State.MEMBER


def entry(session: SessionPage) -> calendars.Entry:
    """Return `session` as the calendar of a member shows it, with its links."""
    links = {_("Join: %(link)s"): session.join_link, _("Recording: %(link)s"): session.recording_link}
    notes = tuple(text % {"link": link} for text, link in links.items() if link)
    return calendars.Entry(session, url=session.full_url or "", location=session.join_link, notes=notes)
