"""Validation of pages, at the field. Every function accepts missing values, since drafts have them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .. import extensions, formatting, locales, places, refunds
from ..deadlines import KINDS, Deadline
from ..models.program import Program

if TYPE_CHECKING:
    from ..models import ProgramPage, SessionPage

Errors = dict[str, list[str]]
LIMIT = 10**12  # what an account can hold (`forms_ext/ledger/actions.py`)


def _day(day: date) -> str:
    return formatting.day_text(day, locales.language())


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{_day(local.date())}, {formatting.time_text(local.time(), locales.language())}"


def program_errors(page: "ProgramPage") -> Errors:
    """Return what is wrong with a program page, by field."""
    return _by_field(
        _date_errors(page),
        _money_errors(page),
        _place_errors(page),
        _least_errors(page),
        _session_errors(page),
        _refund_errors(page),
    )


def place_errors(page: "ProgramPage") -> Errors:
    """Return what is wrong with the number of places, which takes effect with a draft, too."""
    return _by_field(_place_errors(page))


def _by_field(*founds: Iterable[tuple[str, str]]) -> Errors:
    errors: Errors = {}
    for found in founds:
        for name, message in found:
            errors.setdefault(name, []).append(message)
    return errors


def _date_errors(page: "ProgramPage") -> Iterable[tuple[str, str]]:
    start, end = page.starts_on, page.ends_on
    apply, register = page.deadline("application"), page.deadline("registration")
    if start and end and end < start:
        yield "ends_on", _("The last day must not be before the first day, {day}.").format(day=_day(start))
    if apply and register and register.closes_at < apply.closes_at:
        yield (
            "registration_deadline",
            _("The registration deadline must not be before the application deadline, {day}.").format(
                day=_day(apply.day)
            ),
        )
    first_day = Deadline(start, page.home_zone or "UTC") if start else None
    for kind in KINDS:
        deadline = page.deadline(kind)
        if first_day and deadline and deadline.closes_at > first_day.closes_at:
            yield (
                f"{kind}_deadline",
                _("The deadline must not be after the first day of the program, {day}.").format(day=_day(start)),
            )


def _money_errors(page: "ProgramPage") -> Iterable[tuple[str, str]]:
    fee, deposit = page.fee, page.deposit
    if fee is None or deposit is None:
        return
    if fee.amount < 0:
        yield "fee", _("Enter a fee of zero or more.")
    if fee.amount >= LIMIT:
        yield "fee", _("Enter a fee below {limit}.").format(limit=f"{LIMIT:,}")
    if deposit.amount < 0:
        yield "deposit", _("Enter a deposit of zero or more.")
    program = Program.objects.filter(page_id=page.pk).first() if page.pk else None
    kept = extensions.provider().fee_currency(program) if program else ""
    if kept and kept != str(fee.currency):
        yield "fee", _("People have registered, and were told amounts in {code}. Keep this currency.").format(code=kept)
    if fee.currency != deposit.currency and deposit.amount:
        yield "deposit", _("Use the same currency as the fee: {code}.").format(code=fee.currency)
    elif deposit.amount > fee.amount:
        yield (
            "deposit",
            _("The deposit is part of the fee. Enter {fee} or less.").format(
                fee=formatting.money_text(fee, locales.language())
            ),
        )


def _refund_errors(page: "ProgramPage") -> Iterable[tuple[str, str]]:
    """Refuse terms that give more later than before, end after the program, or contradict the deadline."""
    if not page.refund_terms or not page.ends_on:
        return
    days = [block.value for block in page.refund_terms if block.block_type == "day"]
    if any(value["until"] > page.ends_on for value in days):
        yield (
            "refund_terms",
            _("Refunds must end by the last day of the program, {day}.").format(day=_day(page.ends_on)),
        )
    order = list(refunds.Gives)
    steps = [order.index(term.gives) for term in refunds.read(refunds.freeze(page), page)]
    if steps != sorted(steps):
        yield "refund_terms", _("A later time must not give back more than an earlier one.")
    deadline = page.cancellation_deadline
    if deadline and deadline not in [value["until"] for value in days if value["gives"] == refunds.Gives.EVERYTHING]:
        yield (
            "refund_terms",
            _("Give everything paid back until the cancellation deadline, {day}, or change that.").format(
                day=_day(deadline)
            ),
        )


def _place_errors(page: "ProgramPage") -> Iterable[tuple[str, str]]:
    number = page.new_capacity
    if number is None:
        return
    try:
        places.check(Program.objects.filter(page_id=page.pk).first() if page.pk else None, number)
    except ValidationError as error:
        yield "capacity", error.messages[0]


def _least_errors(page: "ProgramPage") -> Iterable[tuple[str, str]]:
    number, least = page.capacity, page.least_members
    if number and least and least > number:
        yield "least_members", _("Enter {n} or less, the number of places.").format(n=number)


def _session_errors(page: "ProgramPage") -> Iterable[tuple[str, str]]:
    if not page.pk or not page.path or not page.starts_on or not page.ends_on:
        return
    zone = ZoneInfo(page.home_zone or "UTC")
    for session in page.sessions().filter(is_cancelled=False, starts_at__isnull=False, ends_at__isnull=False):
        first, last = session.starts_at.astimezone(zone).date(), session.ends_at.astimezone(zone).date()
        if first < page.starts_on:
            yield "starts_on", _("The session “{title}” is on {day}.").format(title=session.title, day=_day(first))
        if last > page.ends_on:
            yield "ends_on", _("The session “{title}” ends on {day}.").format(title=session.title, day=_day(last))


def session_errors(session: "SessionPage", page: "ProgramPage | None") -> Errors:
    """Return what is wrong with a session of the program `page`, by field."""
    start, end = session.starts_at, session.ends_at
    errors: Errors = {}
    if start and end and end <= start:
        errors["ends_at"] = [_("The end must be after the start.")]
        return errors
    if page is None:
        return errors
    zone = ZoneInfo(page.home_zone or "UTC")
    for name, moment in (("starts_at", start), ("ends_at", end)):
        if moment and (message := _outside(page, moment.astimezone(zone).date())):
            errors[name] = [message]
    if start and end and not session.is_cancelled:
        others = page.sessions().exclude(pk=session.pk).filter(is_cancelled=False, starts_at__lt=end, ends_at__gt=start)
        for other in others:
            errors.setdefault("starts_at", []).append(
                _("This overlaps with the session “{title}”: {start} to {end}.").format(
                    title=other.title, start=_moment(other.starts_at, zone), end=_moment(other.ends_at, zone)
                )
            )
    return errors


def _outside(page: "ProgramPage", day: date) -> str:
    if page.starts_on and day < page.starts_on:
        return _("The program starts on {day}.").format(day=_day(page.starts_on))
    if page.ends_on and day > page.ends_on:
        return _("The program ends on {day}.").format(day=_day(page.ends_on))
    return ""
