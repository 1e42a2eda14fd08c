"""The schemas of the OpenAPI document."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from cop_program import journey


class Form(Schema):
    """The questions of a form. `schema` is a JSON Schema (2020-12) of the answers for the published `version`."""

    schema_: dict[str, Any] = Field(alias="schema")
    version: int
    closes_at: str | None
    is_open: bool
    notice: str | None = Field(description="What to know before writing, or why the form takes no answers now.")


STEP = Field(
    None,
    json_schema_extra={"enum": [*journey.STEPS, None]},
    description="The step at which the person stands; null once the journey is over for them.",
)
UNTIL = Field(None, description="Until when the person has time for that step; null if nothing is due.")

WAITS_FOR = Field(
    None,
    json_schema_extra={"enum": [*journey.WAITS_FOR, None]},
    description="What has to happen before the person can take that step; null if it is theirs to take.",
)


class Receipt(Schema):
    """The receipt of a form. Registrations also have `state`, `step` and `member_url`, the link to the private page.

    `is_mailed` is present, as false, only if no email confirms an application because too many went to its address.
    """

    reference: str
    is_mailed: bool | None = None
    state: str | None = Field(None, json_schema_extra={"enum": ["waiting", "held", "member", "lapsed", "cancelled"]})
    step: str | None = STEP
    step_until: datetime | None = UNTIL
    waits_for: str | None = WAITS_FOR
    member_url: str | None = None


class File(Schema):
    """The answer to a question that asks for a file."""

    upload: str
    name: str


class Money(Schema):
    amount: str
    currency: str


class Application(Schema):
    id: int
    program: int
    reference: str
    state: str
    step: str | None = STEP
    step_until: datetime | None = UNTIL
    waits_for: str | None = WAITS_FOR
    submitted_at: datetime
    source: str
    name: str
    email: str
    country: str
    organization: str
    time_zone: str
    version: int
    answers: dict[str, Any]


class Registration(Schema):
    id: int
    program: int
    reference: str
    state: str
    step: str | None = STEP
    step_until: datetime | None = UNTIL
    waits_for: str | None = WAITS_FOR
    state_changed_at: datetime
    submitted_at: datetime
    application: str
    name: str
    email: str
    country: str
    billing_name: str
    billing_address: str
    time_zone: str
    version: int
    answers: dict[str, Any]


class Invoice(Schema):
    """An invoice or credit note. `closed_at` is when it was paid in full or cancelled by a credit note."""

    id: int
    number: str
    kind: str
    program: int | None
    registration: str | None
    corrects: str | None
    issued_at: datetime
    due_on: date | None
    closed_at: datetime | None
    total: Money


class Page[T](Schema):
    """At most `limit` items, starting at `offset`. `count` is the total number."""

    count: int
    items: list[T]
