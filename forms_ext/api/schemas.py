"""The schemas of the OpenAPI document."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema


class Form(Schema):
    """What a form asks: `schema` is a JSON Schema (2020-12) of the answers, by the published `version`."""

    schema_: dict[str, Any] = Field(alias="schema")
    version: int
    closes_at: str | None


class Receipt(Schema):
    """`state` and `member_url`, the private page of a registered person, come for registrations.

    `is_mailed` comes, as false, for an application that no mail confirms: its address has got enough of them.
    """

    reference: str
    is_mailed: bool | None = None
    state: str | None = Field(None, json_schema_extra={"enum": ["waiting", "held", "member", "lapsed", "cancelled"]})
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
    """`closed_at` is when nothing was owed any more, or a credit note corrected it."""

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
    """`items` from `offset` on, at most `limit` of them; `count` is how many there are in all."""

    count: int
    items: list[T]
