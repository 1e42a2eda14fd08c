"""The dates of the two editions: those of 2024 as they were, and the next one counted from today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOME_ZONE = "America/Los_Angeles"
SESSION_LENGTH = timedelta(hours=3)
STARTS_AT = time(16)
# Days from the first session, as in 2024.
SESSION_DAYS = (0, 21, 49, 70, 105, 140)
APPLICATION_DAYS, CANCELLATION_DAYS, REGISTRATION_DAYS = -15, -14, -8
WEDNESDAY = 2
LEAD = timedelta(days=65)


@dataclass(frozen=True)
class Edition:
    """One edition: its place among the pages, its days, and when its pages were written."""

    title: str
    slug: str
    first_day: date
    published_at: datetime

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=days) for days in SESSION_DAYS]

    @property
    def sessions(self) -> list[tuple[datetime, datetime]]:
        """The six sessions: four in the afternoon at home, three hours each."""
        starts = [datetime.combine(day, STARTS_AT, ZoneInfo(HOME_ZONE)).astimezone(UTC) for day in self.days]
        return [(start, start + SESSION_LENGTH) for start in starts]

    @property
    def application_deadline(self) -> date:
        return self.first_day + timedelta(days=APPLICATION_DAYS)

    @property
    def cancellation_deadline(self) -> date:
        return self.first_day + timedelta(days=CANCELLATION_DAYS)

    @property
    def registration_deadline(self) -> date:
        return self.first_day + timedelta(days=REGISTRATION_DAYS)

    def at(self, days: int, hour: int = 17, minute: int = 0) -> datetime:
        """The instant `days` after the first session's day, at `hour` UTC."""
        return datetime.combine(self.first_day + timedelta(days=days), time(hour, minute), UTC)


TITLE = "Nurturing Healthy Culture with Sociocracy"
PAST = Edition(
    title=f"{TITLE} (2024)",
    slug="nurturing-healthy-culture-2024",
    first_day=date(2024, 2, 7),
    published_at=datetime(2023, 11, 14, 18, 30, tzinfo=UTC),
)


def coming(today: date) -> Edition:
    """The edition that is open on `today`: its first session is the first Wednesday some nine weeks ahead."""
    first = today + LEAD
    first += timedelta(days=(WEDNESDAY - first.weekday()) % 7)
    published = datetime.combine(today - timedelta(days=24), time(17), UTC)
    return Edition(TITLE, f"nurturing-healthy-culture-{first.year}", first, published)
