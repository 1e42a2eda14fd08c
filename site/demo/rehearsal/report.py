"""The report of a rehearsal: a self-contained page, and a summary on the terminal."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from demo import mailbox
from forms_ext.base import consistency, dates
from forms_ext.mail import email_types
from forms_ext.mail.models import OutgoingMail

from . import record, stages
from .record import Event, Record, Visit
from .scenario import Scenario

FONT = re.compile(r"@font-face \{[^}]*?fonts/([\w-]+)\.woff2[^}]*\}")
KEPT_FONTS = ("source-sans-3-latin", "source-serif-4-latin")


@dataclass(frozen=True)
class Email:
    """An email: its row in the email log and, if it has arrived, the file in the mailbox of the site."""

    kind: str
    row: OutgoingMail
    mail: mailbox.Mail | None

    @property
    def html(self) -> str:
        return self.mail.html if self.mail else self.row.html

    @property
    def text(self) -> str:
        return self.mail.text if self.mail else self.row.text

    @property
    def files(self) -> list[tuple[str, str]]:
        """The names of the attachments, each with a data URL."""
        attached = self.mail.attachments if self.mail else []
        return [(one.name, f"data:{one.content_type};base64,{_coded(one.content)}") for one in attached]


@dataclass(frozen=True)
class Stop:
    """A stage with all that happened there."""

    number: int
    stage: stages.Stage
    when: str
    events: list[tuple[str, Event]]
    visit: Visit
    emails: list[Email]


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def stamp(moment: datetime, zone: str) -> str:
    """Return "4:48 pm on Tuesday 15 December 2026, Pacific time", or "the end of" a day for midnight."""
    return dates.until(moment.replace(second=0, microsecond=0), zone)


def _short(at: str, zone: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(zone)):%d %b %H:%M}"


def _arrived(made: Record) -> dict[str, mailbox.Mail]:
    """Return the emails in the mailbox since the rehearsal began, by Message-ID."""
    begun = datetime.fromisoformat(made.begun)
    return {mail.header("Message-ID"): mail for mail in mailbox.all_mails() if mail.received_at >= begun}


def _label(name: str) -> str:
    kind = email_types.find(name)
    return str(kind.label) if kind else name


def stop(made: Record, scenario: Scenario, number: int, arrived: Mapping[str, mailbox.Mail] | None = None) -> Stop:
    """Return the stage `number`, from 1; its mails have bodies where they have `arrived`."""
    zone, visit = scenario.page.home_zone, made.visits[number - 1]
    before = made.visits[number - 2].last_mail if number > 1 else made.first_mail
    rows = OutgoingMail.objects.filter(scope=scenario.scope, pk__gt=before, pk__lte=visit.last_mail).order_by("pk")
    return Stop(
        number=number,
        stage=stages.ALL[visit.name],
        when=stamp(visit.moment, zone),
        events=[(_short(event.at, zone), event) for event in visit.events],
        visit=visit,
        emails=[Email(_label(row.kind), row, (arrived or {}).get(row.message_id)) for row in rows],
    )


def context(made: Record, scenario: Scenario) -> dict[str, object]:
    """Return what the templates show of a rehearsal."""
    with translation.override("en"):
        arrived = _arrived(made)
        found = [stop(made, scenario, number, arrived) for number in range(1, len(made.visits) + 1)]
    return {
        "made": made,
        "scenario": scenario,
        "program": scenario.page,
        "stops": found,
        "last": found[-1] if found else None,
        "mail_count": sum(len(one.emails) for one in found),
        "checks": len(consistency.names()),
    }


def _static(name: str) -> Path:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found)


def style() -> str:
    """Return the look of the site with its two main fonts in it."""
    sheets = ("cop_program/css/cop.css", "cop_program/css/pages.css", "demo/demo.css")
    css = "\n".join(_static(name).read_text() for name in sheets)

    def font(match: "re.Match[str]") -> str:
        if match[1] not in KEPT_FONTS:
            return ""
        content = _static(f"cop_program/fonts/{match[1]}.woff2").read_bytes()
        return match[0].replace(f"../fonts/{match[1]}.woff2", f"data:font/woff2;base64,{_coded(content)}")

    return FONT.sub(font, css)


def html(made: Record, scenario: Scenario) -> str:
    """Return the whole report as one self-contained page."""
    with translation.override("en"):
        return render_to_string("config/demo/rehearsal_report.html", context(made, scenario) | {"style": style()})


def write(made: Record, scenario: Scenario) -> Path:
    """Write the report into the data folder and return its path."""
    path = record.folder() / "report.html"
    draft = path.with_suffix(".part")
    draft.write_text(html(made, scenario))
    draft.replace(path)
    return path


def line(figures: Iterable[tuple[str, object]]) -> str:
    """Return figures as one line: "Places 9, Free 3"."""
    return ", ".join(f"{name.lower()} {value}" for name, value in figures)


def text_of(passed: Stop) -> str:
    """Return one stage for the terminal."""
    return "\n".join(_lines(passed))


def _lines(passed: Stop) -> Iterator[str]:
    yield f"\n{passed.number:2}. {passed.stage.title}: {passed.when}"
    for when, event in passed.events:
        yield f"    {when}  {'NOT AS PLANNED: ' if event.unplanned else ''}{event.text}"
    people: dict[str, list[str]] = {}
    for email in passed.emails:
        people.setdefault(email.kind, []).append(email.row.recipient_name or email.row.recipient)
    for kind, names in people.items():
        yield f"    {len(names)} x “{kind}” to {', '.join(names)}"
    figures = passed.visit.figures
    yield f"    {line(figures['places'])}"
    yield f"    {line(figures['money'])}"


def ending(made: Record) -> str:
    """Return what the terminal says at last: what was not as planned, and the audit."""
    lines = [""]
    if made.unplanned:
        lines.append(f"Not as planned: {len(made.unplanned)}")
        lines += [f"  {event.text}" for event in made.unplanned]
    if made.audit is not None:
        lines.append(f"Audit: {len(consistency.names())} checks. Problems found: {len(made.audit) or 'none'}.")
        lines += [f"  {finding}" for finding in made.audit]
    elif made.next_stage:
        lines.append(f"Next: {stages.ALL[made.next_stage].title}.")
    return "\n".join(lines)
