"""Doubts about a payment before it is recorded. Staff are asked about them, and may accept them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program import formatting, locales

from ..base.errors import ActionRefused
from ..base.money import format_money
from . import queries
from .models import Account, Payment

type Numbers = Callable[[QuerySet[Payment]], Iterable[str]]


def _keys(payments: QuerySet[Payment]) -> Iterable[str]:
    return [str(pk) for pk in payments.values_list("pk", flat=True)]


_numbers: Numbers = _keys


def number_payments(numbers: Numbers) -> None:
    """Let `numbers` return the numbers of the receipts by which staff know payments; until then their keys stand in."""
    global _numbers
    _numbers = numbers


@dataclass(frozen=True)
class Doubt:
    """One question about a payment: `key` names it with its figures, so that a changed form is asked again."""

    key: str
    text: str


class PaymentInDoubt(ActionRefused):
    """A payment that was not recorded because of `doubts`; once these are accepted, it can be."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        super().__init__(" ".join([_("The payment has not been recorded."), *(doubt.text for doubt in doubts)]))
        self.doubts = doubts


def doubts_about(account: Account, amount: Money, received_on: date) -> list[Doubt]:
    """Return what looks wrong about `amount` received on `received_on` for `account`."""
    found = [_more_than_owed(account, amount), _before(account, received_on), _twin(account, amount, received_on)]
    return [doubt for doubt in found if doubt]


def _more_than_owed(account: Account, amount: Money) -> Doubt | None:
    owed = queries.balance(account)
    if amount.amount <= owed.amount:
        return None
    if owed.amount <= 0:
        text = _("Nothing is due on this account.")
    else:
        text = _("Only %(owed)s is due: %(more)s is too much.") % {
            "owed": format_money(owed),
            "more": format_money(amount - owed),
        }
    return Doubt(f"more:{(amount - owed).amount.normalize():f}", text)


def _before(account: Account, received_on: date) -> Doubt | None:
    opened_on = account.created_at.astimezone(ZoneInfo(account.program.page.home_zone)).date()
    if received_on >= opened_on:
        return None
    day, opened = (formatting.date_text(value, locales.language()) for value in (received_on, opened_on))
    text = _("The payment is dated %(day)s, before the account was opened on %(opened)s.") % {
        "opened": opened,
        "day": day,
    }
    return Doubt(f"before:{received_on}", text)


def _twin(account: Account, amount: Money, received_on: date) -> Doubt | None:
    twins = Payment.objects.filter(
        account=account, received_on=received_on, row__amount=-amount.amount, reversal__isnull=True
    )
    numbers = sorted(_numbers(twins))
    if not numbers:
        return None
    text = _("The same amount is already recorded for the same day: receipt %(numbers)s.") % {
        "numbers": ", ".join(numbers)
    }
    return Doubt(f"twin:{','.join(numbers)}", text)
