"""What the templates of the pages get; the names below are the contract with `templates/cop_program/`.

Every page:
    `reader_zone`      name of the reader's IANA zone, '' if unknown (`reader.zone`)
    `zone_choices`     [(name, readable name)] for the form that sets it. The form:
                       `<form method="post" action="{% url 'cop_program:set_zone' %}">`, fields `zone` (a name, or
                       '' to forget) and `next` (`request.get_full_path`); no CSRF token. The address
                       `?tz=Europe/Berlin` shows one page in a zone without any cookie.

`program_page.html`:
    `page`             the `ProgramPage`
    `program`          the `Program`, None in the preview of a page that was never published
    `schedule`         `schedule.Schedule` (shapes in its docstring); `schedule.groups` may be empty
    `reader_schedule`  `schedule.GroupSchedule` in the reader's zone, None if the zone is unknown
    `deadlines`        list of `DeadlineLine` in the order application, cancellation, registration;
                       those without a date are left out
    `next_step`        `extensions.NextStep` or None
    `places`            `extensions.Places` or None
    `facilitators`     list of `FacilitatorLine`
    `sessions`         list of `SessionLine`, by start; the cancelled ones too
    `session_count`    how many of them are not cancelled
    `dates`            "7 February - 26 June 2024", the days of the program, in the reader's zone if it is known
    `is_over`          whether its last day is past
    `is_public`        whether everyone may see the page
    `fee`, `deposit`, `balance`   `Money`; `{{ fee|money }}` writes them; `balance` = fee - deposit
    `rebate_countries` list of names
    `steps`            list of `way.Step`: the way of this program with its dates (also by `{% the_way %}`)

`session_page.html`:
    `page`, `program_page`, `session` (a `SessionLine`), `session_schedule` (a `Schedule` of this one session),
    `reader_schedule`, `session_count`, `earlier` and `later` (the `SessionLine` before and after, or None)

`facilitator_page.html`:
    `page`, `contact_url` ('' if messages cannot be sent), `programs` (list of live `ProgramPage` they lead)

`program_index_page.html`:
    `page`, `programs`: list of `ProgramLine`, what is ahead first

`facilitator_index_page.html`:
    `page`, `facilitators`: list of `FacilitatorLine`
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _

from .. import access, formatting, journey, locales, reader, refunds
from ..clock import now
from ..deadlines import Deadline
from ..extensions import NextStep, Places, provider
from ..zones import zone_choices, zone_names
from .schedule import Session, ZoneGroup, build, for_reader

if TYPE_CHECKING:
    from ..models import FacilitatorPage, Program, ProgramPage, SessionPage

KINDS = ("application", "cancellation", "registration")


@dataclass(frozen=True)
class DeadlineLine:
    """A deadline: `kind` (application, cancellation, registration), `sentence` in full, `short` for small spaces."""

    kind: str
    label: str
    sentence: str
    short: str
    closes_at: datetime
    is_past: bool


@dataclass(frozen=True)
class FacilitatorLine:
    """A facilitator and the address of the form that writes to them ('' if there is none)."""

    page: "FacilitatorPage"
    contact_url: str


@dataclass(frozen=True)
class SessionLine:
    """A session; `when` is in the reader's time zone, or the home one: "Wednesday 7 February 2024, 4:00 ...".

    A cancelled one has no number.
    """

    page: "SessionPage"
    number: int | None
    when: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool
    is_past: bool


@dataclass(frozen=True)
class ProgramLine:
    """A program in a list: its days ("7 February - 26 June 2024"), places, next step, and whether it is over."""

    page: "ProgramPage"
    dates: str
    next_step: NextStep | None
    places: Places | None
    is_over: bool


def of_every_page(request: HttpRequest) -> dict[str, Any]:
    """Return the reader's time zone and the context of the form that sets it."""
    return {"reader_zone": reader.zone(request) or "", "zone_choices": zone_choices()}


def of_program(page: "ProgramPage", program: "Program | None", request: HttpRequest) -> dict[str, Any]:
    """Return the context of a program page, with a number of queries that does not grow with its sessions."""
    language, zone = locales.language(), reader.zone(request)
    sessions = page.live_sessions(program, request) if page.path else []
    timed = [times_of(session) for session in sessions if not session.is_cancelled]
    places, step = _standing(program, request)
    return {
        "program": program,
        "schedule": build(timed, zone_groups(page), language),
        "reader_schedule": for_reader(timed, zone, language) if zone else None,
        "deadlines": deadline_lines(page, request),
        "next_step": step,
        "places": places,
        "facilitators": of_facilitators(page.facilitators(request)),
        "sessions": session_lines(sessions, zone or page.home_zone or "UTC", language),
        "session_count": len(timed),
        "dates": reader_days_text(page, timed, zone, language),
        "is_over": is_over(page),
        "is_public": access.is_open(page, None),
        "fee": page.fee,
        "deposit": page.deposit,
        "refund_terms": refunds.lines(page, language),
        "balance": balance_of(page),
        "rebate_countries": [str(getattr(country, "name", country)) for country in page.rebate_countries or []],
        "steps": journey.steps(page, None, language, zone or ""),
    }


def of_session(page: "SessionPage", request: HttpRequest) -> dict[str, Any]:
    """Return the context of a session's page; its join link and recording are not for it."""
    language, zone, above = locales.language(), reader.zone(request), page.program_page()
    if above is None or page.starts_at is None or page.ends_at is None:
        return {"program_page": above, "session": None, "session_schedule": None, "reader_schedule": None}
    others = above.live_sessions(request=request) if above.path else []
    others = [one for one in others if one.translation_key != page.translation_key]
    sessions = sorted([*others, page], key=lambda one: one.starts_at)
    lines = session_lines(sessions, zone or above.home_zone or "UTC", language)
    place = sessions.index(page)
    timed = [times_of(page)]
    return {
        "program_page": above,
        "session": lines[place],
        "session_count": sum(not line.is_cancelled for line in lines),
        "earlier": lines[place - 1] if place else None,
        "later": lines[place + 1] if place + 1 < len(lines) else None,
        "session_schedule": build(timed, zone_groups(above), language),
        "reader_schedule": for_reader(timed, zone, language) if zone else None,
    }


def of_facilitator(page: "FacilitatorPage", request: HttpRequest) -> dict[str, Any]:
    """Return the context of a facilitator's page."""
    if page.pk is None:  # the preview of a page that was never saved
        return {"contact_url": "", "programs": []}
    return {"contact_url": provider().contact_url(page), "programs": page.programs(request)}


def of_programs(pages: "Sequence[ProgramPage]", programs: "Iterable[Program]", request: HttpRequest) -> dict[str, Any]:
    """Return the context of a list of `pages`: future ones, soonest first, then past ones, latest first."""
    language = locales.language()
    known = {program.translation_key: program for program in programs}
    ahead, over = [one for one in pages if not is_over(one)], [one for one in pages if is_over(one)]
    lines = []
    for one in [*ahead, *reversed(over)]:
        places, step = _standing(known.get(one.translation_key), request)
        lines.append(ProgramLine(one, days_text(one, language), step, places, is_over(one)))
    return {"programs": lines}


def of_facilitators(pages: "Iterable[FacilitatorPage]") -> list[FacilitatorLine]:
    """Return each of `pages` with the URL of its contact form."""
    return [FacilitatorLine(one, provider().contact_url(one)) for one in pages]


# Parts -----------------------------------------------------------------------------------------


def zone_groups(page: "ProgramPage") -> list[ZoneGroup]:
    """Return the groups of zones of a program; a draft's unfinished ones are left out."""
    groups = []
    for block in page.zone_groups or []:
        zones = tuple(zone for zone in block.value.get("zones") or () if zone in zone_names())
        groups.append(ZoneGroup(block.value.get("name") or "", zones))
    return [group for group in groups if group.zones] or [_home_group(page)]


def _home_group(page: "ProgramPage") -> ZoneGroup:
    zone = page.home_zone or "UTC"
    return ZoneGroup(formatting.generic_name(zone, locales.language()), (zone,))


def times_of(session: "SessionPage") -> Session:
    """Return a session as the schedule takes it."""
    return Session(session.starts_at, session.ends_at, session.title)


def deadline_lines(page: "ProgramPage", request: HttpRequest | None) -> list[DeadlineLine]:
    """Return the deadlines of a program as sentences, in the reader's zone too."""
    labels = {
        "application": _("Apply"),
        "cancellation": _("Cancel and get your deposit back"),
        "registration": _("Register and pay the deposit"),
    }
    language, zone, moment = locales.language(), reader.zone(request), now()
    lines = []
    for kind in KINDS:
        if deadline := page.deadline(kind):
            lines.append(
                DeadlineLine(
                    kind=kind,
                    label=labels[kind],
                    sentence=deadline.sentence(language, zone),
                    short=f"{labels[kind]} {deadline.short(language, zone)}",
                    closes_at=deadline.closes_at,
                    is_past=deadline.is_past(moment),
                )
            )
    return lines


def session_lines(sessions: "list[SessionPage]", zone: str, language: str) -> list[SessionLine]:
    """Return sessions with their time in `zone`."""
    moment, numbers = now(), count(1)
    return [
        SessionLine(
            page=session,
            number=None if session.is_cancelled else next(numbers),
            when=when_text(session.starts_at, session.ends_at, zone, language),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            is_cancelled=session.is_cancelled,
            is_past=session.ends_at <= moment,
        )
        for session in sessions
    ]


def when_text(start: datetime, end: datetime, zone: str, language: str = "en") -> str:
    """Return "Wednesday 7 February 2024, 4:00 - 7:00 pm PST (Los Angeles)" (for pages and emails)."""
    section = for_reader([Session(start, end)], zone, language)
    assert section is not None
    (only,) = section.sections
    return f"{only.heading}, {only.lines[0].text}"


def is_over(page: "ProgramPage") -> bool:
    """Tell whether the last day of a program is past in its home zone."""
    return bool(page.ends_on) and now() >= Deadline(page.ends_on, page.home_zone or "UTC").closes_at


def days_text(page: "ProgramPage", language: str) -> str:
    """Return "7 February - 26 June 2024", in the program's home zone."""
    return _span_text(page.starts_on, page.ends_on, language) if page.starts_on and page.ends_on else ""


def reader_days_text(page: "ProgramPage", sessions: Sequence[Session], zone: str | None, language: str) -> str:
    """Return `days_text` with the days on which the first and the last session begin for a reader in `zone`."""
    if not zone or not sessions or not page.starts_on or not page.ends_on:
        return days_text(page, language)
    home, own = ZoneInfo(page.home_zone or "UTC"), ZoneInfo(zone)
    starts = sorted(session.start for session in sessions)
    days = {moment.astimezone(home).date(): moment.astimezone(own).date() for moment in (starts[0], starts[-1])}
    return _span_text(days.get(page.starts_on, page.starts_on), days.get(page.ends_on, page.ends_on), language)


def _span_text(first: date, last: date, language: str) -> str:
    text = formatting.date_text(last, language)
    if first == last:
        return text
    return f"{formatting.date_text(first, language, year=first.year != last.year)} - {text}"


def _standing(program: Any, request: HttpRequest) -> tuple[Places | None, NextStep | None]:
    if program is None:
        return None, None
    return provider().places(program), provider().next_step(program, request)


def balance_of(page: "ProgramPage") -> Any:
    """Return the fee less the deposit; the fee alone if they are in two currencies or there is no deposit."""
    fee, deposit = page.fee, page.deposit
    return fee - deposit if fee and deposit and fee.currency == deposit.currency else fee
