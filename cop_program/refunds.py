"""What is given back to somebody who cancels: the policy of a program as data, frozen as JSON, read at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import formatting
from .deadlines import Deadline

if TYPE_CHECKING:
    from .models import ProgramPage

type Frozen = Mapping[str, Any]


class Gives(models.TextChoices):
    """What somebody who cancels gets back of what they have paid."""

    EVERYTHING = "everything", gettext_lazy("everything paid")
    BALANCE = "balance", gettext_lazy("everything paid but the deposit")
    NOTHING = "nothing", gettext_lazy("nothing")


@dataclass(frozen=True)
class Term:
    """What is given back until an instant: the end of a day, or the start of a session; without one, from then on."""

    gives: Gives
    until: datetime | None
    zone: str
    session: int = 0

    def text(self, language: str) -> str:
        """Return "Until the end of Wednesday 24 January 2024, Pacific time: everything paid"."""
        with translation.override(formatting.spoken(language)):
            return _("{when}: {gives}").format(when=self._when(language), gives=self.gives.label)

    def _when(self, language: str) -> str:
        if self.session:
            begins = _("Until session {number} begins").format(number=self.session)
            if self.until is None:
                return begins
            day = Deadline.around(self.until, self.zone).day
            return f"{begins} ({formatting.day_text(day, language)})"
        if self.until is None:
            return _("After that")
        return _("Until {end}").format(end=Deadline.around(self.until, self.zone).end_text(language))


def freeze(page: "ProgramPage") -> list[dict[str, Any]]:
    """Return the policy of `page` as JSON, in the order of its ends.

    Without terms of its own, the cancellation deadline decides about the deposit, and everything else is given back.
    """
    zone = page.cancellation_deadline_zone or page.home_zone or "UTC"
    terms = [_term(page, zone, block.block_type, block.value) for block in page.refund_terms]
    if terms:
        terms.sort(key=lambda term: (term["until"] is None, term["until"] or ""))
        return [*terms, _frozen(Gives.NOTHING, None, zone)]
    if page.cancellation_closes_at is None:
        return [_frozen(Gives.EVERYTHING, None, zone)]
    return [
        _frozen(Gives.EVERYTHING, page.cancellation_closes_at, zone),
        _frozen(Gives.BALANCE, None, zone),
    ]


def _term(page: "ProgramPage", zone: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "session":
        return _frozen(value["gives"], session_start(page, value["number"]), zone, value["number"])
    return _frozen(value["gives"], Deadline(value["until"], zone).closes_at, zone)


def _frozen(gives: str, until: datetime | None, zone: str, session: int = 0) -> dict[str, Any]:
    return {"gives": str(gives), "until": until and until.isoformat(), "zone": zone, "session": session}


def session_start(page: "ProgramPage", number: int) -> datetime | None:
    """Return when the session with that number starts, counted from 1 without cancelled ones; None if there is none."""
    starts = page.sessions().live().filter(is_cancelled=False).values_list("starts_at", flat=True)
    found: Sequence[datetime] = [start for start in starts if start]
    return found[number - 1] if 0 < number <= len(found) else None


def read(frozen: Iterable[Frozen], page: "ProgramPage") -> list[Term]:
    """Return frozen terms; a session that was moved to a later time since gives as much longer."""
    terms = []
    for one in frozen:
        ends = [datetime.fromisoformat(one["until"])] if one["until"] else []
        if one["session"] and (start := session_start(page, one["session"])):
            ends.append(start)
        terms.append(Term(Gives(one["gives"]), max(ends, default=None), one["zone"], one["session"]))
    return terms


def in_force(terms: Sequence[Term], moment: datetime) -> Term:
    """Return the term that counts at `moment`; the last one never ends."""
    return next((term for term in terms if term.until is None or moment < term.until), terms[-1])


def current(page: "ProgramPage", moment: datetime) -> Term:
    """Return the term that counts at `moment` for somebody who agrees to the policy of `page` now."""
    return in_force(read(freeze(page), page), moment)


def lines(page: "ProgramPage", language: str) -> list[str]:
    """Return the terms of `page` in words; nothing if it has none of its own."""
    return [term.text(language) for term in read(freeze(page), page)] if page.refund_terms else []
