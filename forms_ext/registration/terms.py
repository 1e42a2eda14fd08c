"""What somebody takes on by registering: amounts with their dates, the sessions, and what happens next."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from djmoney.money import Money

from cop_program import formatting
from cop_program.deadlines import Deadline
from cop_program.models import Program
from cop_program.presentation.context import balance_of, times_of
from cop_program.presentation.schedule import GroupSchedule, for_reader

from ..base import dates
from ..ledger import queries as ledger_queries
from . import queries
from .sessions import published


@dataclass(frozen=True)
class Terms:
    """The terms of a program for the holder of an invitation link.

    `pay_by` is the end of the hold that begins by registering; `days` is the time to pay the invoice, 0 if there is no
    issuer yet. `schedule` is in the reader's zone if it is known (`is_own_zone`), else in the program's.
    """

    fee: Money
    deposit: Money
    balance: Money
    pay_by: Deadline
    days: int
    least: int
    is_confirmed: bool
    rebate: Decimal
    countries: list[str]
    sessions: int
    schedule: GroupSchedule | None
    zone: str
    is_own_zone: bool


def terms(program: Program, link_ends: datetime, *, zone: str, language: str) -> Terms:
    """Return the terms of `program` for the holder of a link that expires at `link_ends`; `zone` is '' if unknown."""
    page, issuer = program.page, ledger_queries.issuer_for(program)
    timed = [times_of(session) for session in published(program, language) if not session.is_cancelled]
    shown = zone or page.home_zone
    return Terms(
        fee=page.fee,
        deposit=page.deposit,
        balance=balance_of(page),
        pay_by=Deadline.around(queries.hold_end(program, link_ends), dates.hold_zone(program)),
        days=issuer.payment_days if issuer else 0,
        least=page.least_members or 1,
        is_confirmed=program.status == Program.Status.CONFIRMED,
        rebate=page.rebate_percentage,
        countries=[str(country.name) for country in page.rebate_countries or []],
        sessions=len(timed),
        schedule=for_reader(timed, shown, language),
        zone=formatting.city(shown, language),
        is_own_zone=bool(zone),
    )
