"""Starts a rehearsal and goes from stage to stage, the periodic work running after each step."""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from wagtail.models import Page

from cop_program import clock
from cop_program.editions import Edition, newest
from cop_program.models import Program, ProgramPage, SessionPage
from demo import people
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base import consistency, periodic
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices.models import Invoice
from forms_ext.mail import delivery
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import editions
from forms_ext.programs.models import BatchItem
from forms_ext.registration.pages import RegistrationFormPage

from . import figures, record, stages
from .record import Event, Record, Visit
from .scenario import Scenario
from .visitor import Stuck

LEAD = timedelta(days=21)  # from the start of the rehearsal to the deadline for applying, at least
ROUNDS, PAUSE = 40, 0.25
A_WHILE = timedelta(minutes=2)  # from a step to the periodic work: whoever sends a form has typed for a while
MAILBOX = "demo.mailbox.MailboxBackend"
NEEDED = {"COP_DEMO": "the demo", "COP_CLOCK_FILE": "a clock that can be set", "COP_MAILBOX_DIR": "the mailbox page"}


class Refused(Exception):
    """A rehearsal cannot be here, or not now; says why."""


def check() -> None:
    """Raise Refused unless this is a development site whose emails go to its own mailbox."""
    for name, what in NEEDED.items():
        if not getattr(settings, name, None):
            raise Refused(f"A rehearsal only runs in a development site: these settings have no {name} ({what}).")
    if any(mailer.get("BACKEND") != MAILBOX for mailer in settings.MAILERS.values()):
        raise Refused("A rehearsal only runs in a development site: emails from this one leave the machine.")


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time act in the rehearsal; raise Refused for the others."""
    record.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (record.folder() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("The rehearsal is already moving to a stage. Wait a moment.") from None
        yield


def programs() -> list[ProgramPage]:
    """Return the programs that can be rehearsed: published, with both forms; the latest first, without translations."""
    found = ProgramPage.objects.live().filter(cop_program_row__isnull=False).order_by("-starts_on", "-pk")
    return [page for page in found if _form(page, ApplicationFormPage) and _form(page, RegistrationFormPage)]


def _form(page: ProgramPage, kind: type[Page]) -> Page | None:
    found: Page | None = kind.objects.child_of(page).live().first()
    return found


def choose(slug: str = "") -> ProgramPage:
    """Return the program called `slug`, otherwise the one that starts last and is not a rehearsal itself."""
    found = programs()
    if slug:
        found = [page for page in found if page.slug == slug]
        if not found:
            raise Refused(f"There is no published program “{slug}” with both forms.")
    found = [page for page in found if slug or not page.title.endswith(SUFFIX)]
    if not found:
        raise Refused("There is no published program with an application form and a registration form.")
    return found[0]


SUFFIX = " (rehearsal)"


def start(page: ProgramPage) -> Record:
    """Copy `page` to a start in the future, publish the copy, and begin its record."""
    check()
    editor = people.by_role("editor")
    with translation.override("en"):
        today = clock.now().astimezone(ZoneInfo(page.home_zone)).date()
        first_day = today + LEAD + (page.starts_on - page.application_deadline)
        title = page.title.removesuffix(SUFFIX) + SUFFIX
        program = Program.for_page(page)
        assert program is not None
        edition = editions.new_edition(program=program, first_day=first_day, title=title, by=editor)
        copied = ProgramPage.objects.get(pk=edition.program.page_id)
        remarks = [f"{remark.where}: {remark.text}" for remark in editions.checklist(copied)]
        _publish(edition)
    scenario = Scenario(Program.objects.select_related("page").get(pk=edition.program.pk))
    last = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    made = Record(
        program=scenario.program.pk,
        source=page.title,
        begun=clock.now().isoformat(),
        first_mail=last,
        stages=stages.in_order(scenario),
        remarks=remarks,
    )
    record.save(made)
    return made


def _publish(edition: Edition) -> None:
    """Publish the copy from the top, as an editor does; each session gets a join link first."""
    editor = people.by_role("editor")
    for page in edition.program.page.get_descendants(inclusive=True).specific():
        draft = newest(page)
        if isinstance(draft, SessionPage):
            draft.join_link = f"https://meet.example.org/{edition.program.page.slug}-{draft.pk}"
        try:
            draft.full_clean()
        except ValidationError as error:
            raise Refused(f"The copy of “{page.title}” cannot be published: {'; '.join(error.messages)}") from error
        draft.save_revision(user=editor).publish(user=editor)


def scenario_of(made: Record) -> Scenario:
    """Return the program of `made` with its people; raise Refused if it no longer exists."""
    program = Program.objects.select_related("page").filter(pk=made.program, page__isnull=False).first()
    if program is None:
        raise Refused("The program of this rehearsal no longer exists. Start a new rehearsal.")
    return Scenario(program)


def timetable(made: Record, scenario: Scenario) -> list[tuple[stages.Stage, datetime]]:
    """Return each stage with the moment at which it was reached, or will be."""
    found: list[tuple[stages.Stage, datetime]] = []
    moment = datetime.fromisoformat(made.begun)
    visits = {visit.name: visit.moment for visit in made.visits}
    for name in made.stages:
        stage = stages.ALL[name]
        if name not in visits and len(found) == len(visits):
            moment = max(moment, clock.now())
        moment = visits.get(name) or max(moment, stage.when(scenario))
        found.append((stage, moment))
    return found


def go_on(made: Record) -> Visit:
    """Move the clock to the next stage and let everything happen there; the last one ends with the audit."""
    check()
    name = made.next_stage
    if name is None:
        raise Refused("This rehearsal is over. Start a new one.")
    scenario = scenario_of(made)
    with quiet(), translation.override("en"):
        stage = stages.ALL[name]
        moment = max(clock.now(), stage.when(scenario))
        visit = _visit(stage, scenario, moment)
        made.visits.append(visit)
        if made.next_stage is None:
            made.audit = [f"{finding.check}: {finding.text}" for finding in consistency.run_all()]
    record.save(made)
    return visit


def _visit(stage: stages.Stage, scenario: Scenario, moment: datetime) -> Visit:
    events: list[Event] = []
    moment = _arrive(moment)
    events += _settle(scenario, moment)
    with clock.at(moment):
        steps = stage.steps(scenario)
    current = moment
    while True:
        with clock.at(current):
            step = next(steps, None)
        if step is None:
            break
        current = _arrive(max(current, step.moment))
        with clock.at(current):
            events.append(_attempt(step.do))
        current = _arrive(current + A_WHILE)
        events += _settle(scenario, current)
    last = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with clock.at(current):
        return Visit(stage.name, moment.isoformat(), events, figures.take(scenario.program), last)


def _arrive(moment: datetime) -> datetime:
    """Set the clock of the whole site to `moment`."""
    clock.set_offset(moment - timezone.now())
    return moment


def _attempt(do: Callable[[], str]) -> Event:
    """Do one step; what the site refuses is part of the report, and staff may have been there before."""
    at = clock.now().isoformat()
    try:
        return Event(at, do())
    except (ActionRefused, Stuck) as refused:
        return Event(at, str(refused), unplanned=True)


def _settle(scenario: Scenario, moment: datetime) -> list[Event]:
    """Run the periodic work until nothing of the program waits any more; a worker may do the same beside us."""
    failed: list[str] = []
    with clock.at(moment):
        for number in range(ROUNDS):
            failed = periodic.run_all()
            if not _waits(scenario):
                break
            if number > 2:
                time.sleep(PAUSE)
        at = clock.now().isoformat()
    return [Event(at, f"Periodic job failed: {name}", unplanned=True) for name in failed]


def _waits(scenario: Scenario) -> bool:
    mails = OutgoingMail.objects.filter(scope=scenario.scope, state__in=["queued", "sending"])
    papers = Invoice.objects.filter(account__program=scenario.program, mailed_at__isnull=True)
    items = BatchItem.objects.filter(run__program=scenario.program, state=BatchItem.State.TODO)
    return mails.exists() or papers.exists() or items.exists()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep messages about single emails and requests off the terminal, but not warnings."""
    loggers = [logging.getLogger(name) for name in (delivery.__name__, "django.request")]
    levels = [logger.level for logger in loggers]
    loggers[0].setLevel(logging.WARNING)
    loggers[1].setLevel(logging.ERROR)  # answers that refuse are what a rehearsal asks for
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
