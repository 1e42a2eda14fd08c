"""The reference program with its sessions, and a provider that records what it was asked."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from djmoney.money import Money
from wagtail.models import Page, Site

from cop_program import extensions
from cop_program.models import (
    FacilitatorIndexPage,
    FacilitatorPage,
    Program,
    ProgramFacilitator,
    ProgramIndexPage,
    ProgramPage,
    SessionPage,
    SessionRecord,
    SessionState,
)

FIRST = datetime(2024, 2, 8, 0, tzinfo=UTC)
LAST = datetime(2024, 6, 26, 23, tzinfo=UTC)
SECRET_LINK = "https://meet.example/secret-room"
SECRET_RECORDING = "https://video.example/secret-recording"
SECRET_ADDRESS = "evan.private@example.org"


class Recorder(extensions.Provider):
    """Remembers news; answers what a test sets."""

    def __init__(self) -> None:
        self.news: list[tuple[SessionRecord, SessionState | None]] = []
        self.reasons: list[str] = []
        self.counted: extensions.Places | None = None

    def session_changed(self, program: Program, record: SessionRecord, before: SessionState | None) -> None:
        self.news.append((record, before))

    def reasons_to_keep(self, pages: Sequence[Page]) -> list[str]:
        return self.reasons

    def places(self, program: Program) -> extensions.Places | None:
        return self.counted


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(extensions, "_provider", recorder)
    return recorder


def publish(page: Page) -> Any:
    """Publish as the admin does, and read the page back."""
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def index(db: None) -> ProgramIndexPage:
    root = Site.objects.get(is_default_site=True).root_page
    return root.add_child(instance=ProgramIndexPage(title="Programs", slug="programs"))


@pytest.fixture
def program_page(index: ProgramIndexPage, recorder: Recorder) -> ProgramPage:
    page = ProgramPage(
        title="Nurturing Healthy Culture",
        slug="culture",
        starts_on=date(2024, 2, 7),
        ends_on=date(2024, 6, 26),
        application_deadline=date(2024, 1, 23),
        cancellation_deadline=date(2024, 1, 24),
        registration_deadline=date(2024, 1, 30),
        capacity=9,
        least_members=6,
        fee=Money(1997, "USD"),
        deposit=Money(100, "USD"),
        rebate_countries=["CA", "AU", "NZ"],
        live=False,
    )
    page.zone_groups = [("group", {"name": "Americas", "zones": ["America/Los_Angeles", "America/New_York"]})]
    index.add_child(instance=page)
    return publish(page)


@pytest.fixture
def facilitator(index: ProgramIndexPage, program_page: ProgramPage) -> FacilitatorPage:
    people = index.get_parent().add_child(instance=FacilitatorIndexPage(title="Facilitators", slug="people"))
    person = people.add_child(
        instance=FacilitatorPage(title="Evan Miller", slug="evan", contact_email=SECRET_ADDRESS, role="Coach")
    )
    ProgramFacilitator.objects.create(page=program_page, facilitator=person)
    return person


@pytest.fixture
def add_session(program_page: ProgramPage) -> Callable[..., SessionPage]:
    def add(start: datetime = FIRST, *, title: str = "First session", hours: float = 3, **values: Any) -> SessionPage:
        session = SessionPage(
            title=title, starts_at=start, ends_at=start + timedelta(hours=hours), live=False, **values
        )
        program_page.add_child(instance=session)
        return publish(session)

    return add
