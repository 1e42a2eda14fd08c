"""The schemas of the OpenAPI document."""

from typing import Any

from ninja import Field, Schema

from ..intake import Why


class Money(Schema):
    amount: str
    currency: str


class Deadline(Schema):
    """A deadline at the end of `date` in `time_zone`. `closes_at` is the same moment in UTC."""

    date: str
    time_zone: str
    closes_at: str


class Deadlines(Schema):
    application: Deadline | None
    cancellation: Deadline | None
    registration: Deadline | None


class Image(Schema):
    id: int
    title: str
    url: str
    width: int
    height: int


class Places(Schema):
    """Places of a program. `left` is the number available now."""

    capacity: int
    taken: int
    held: int
    waiting: int
    left: int


class NextStep(Schema):
    label: str
    url: str | None
    explanation: str
    closes_at: str | None
    is_open: bool
    reason: str | None = Field(
        None,
        json_schema_extra={"enum": [*Why, None]},
        description="Whether people can apply now (`open`), or why not.",
    )


class Rebate(Schema):
    percentage: str
    countries: list[str]


class Facilitator(Schema):
    id: int
    name: str
    url: str
    role: str
    organization: str
    credentials: str
    biography: str
    website: str
    portrait: Image | None


class Session(Schema):
    id: int
    number: int | None
    title: str
    url: str
    starts_at: str
    ends_at: str
    is_cancelled: bool
    description: str


class LocalTime(Schema):
    """Local time of a session in one time zone: the day it starts, and `start` and `end` on a 24-hour clock."""

    time_zone: str
    abbreviation: str
    weekday: str
    date: str
    start: str
    end: str


class SessionTimes(Schema):
    session: int
    starts_at: str
    ends_at: str
    local: list[LocalTime]


class Group(Schema):
    group: str
    sessions: list[SessionTimes]


class ProgramSummary(Schema):
    """A program in the list."""

    id: int
    title: str
    slug: str
    url: str
    starts_on: str | None
    ends_on: str | None
    api_url: str
    application_api_url: str | None
    calendar_url: str


class Program(ProgramSummary):
    """All public data of a program. Only people who have been accepted can use `registration_api_url`."""

    registration_api_url: str | None
    language: str
    status: str
    kind: str
    summary: str
    hero_image: Image | None
    audience: str
    prerequisite: str
    cancellation_policy: str
    body: list[dict[str, Any]]
    home_zone: str
    deadlines: Deadlines
    fee: Money | None
    deposit: Money | None
    balance: Money | None
    rebate: Rebate
    least_members: int
    places: Places | None
    next_step: NextStep | None
    facilitators: list[Facilitator]
    sessions: list[Session]
    schedule: list[Group]


class Programs(Schema):
    count: int
    items: list[ProgramSummary]
