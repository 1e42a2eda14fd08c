"""What a payment did to a registration: the answer of the receiver, from which its email is written."""

from dataclasses import dataclass
from enum import StrEnum, auto

from djmoney.money import Money


class Effect(StrEnum):
    """What became of the money."""

    JOINED = auto()  # the deposit is paid: a member
    TOO_LITTLE = auto()  # the hold had expired, and this does not make up the deposit
    NO_PLACE = auto()  # the hold had expired, and no place is free
    OVER = auto()  # the program is over
    CALLED_OFF = auto()  # the program is cancelled
    LEFT = auto()  # the registration had been cancelled


@dataclass(frozen=True)
class Outcome:
    """What a payment did, and what was listed for refund because of it."""

    effect: Effect
    listed: Money
