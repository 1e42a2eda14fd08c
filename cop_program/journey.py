"""The steps that everyone takes: Apply - Decision - Register - Deposit - Confirmed - Balance - Paid.

Where a person stands is derived here alone, by `standing`. Packages that know the person gather the facts; pages,
emails, the API and the admin show what comes out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .deadlines import Deadline, deadline_instant

if TYPE_CHECKING:
    from .models import Program, ProgramPage

STEPS: dict[str, str | Promise] = {
    "apply": gettext_lazy("Apply"),
    "answer": gettext_lazy("Decision"),
    "register": gettext_lazy("Register"),
    "deposit": gettext_lazy("Deposit"),
    "confirmed": gettext_lazy("Confirmed"),
    "balance": gettext_lazy("Balance"),
    "paid": gettext_lazy("Paid"),
}


@dataclass(frozen=True)
class Step:
    """A step: its `name`, `when` it is due ("by Tuesday 30 January" or ''), its `state`: done, current or ahead."""

    key: str
    number: int
    name: str
    when: str
    state: str


@dataclass(frozen=True)
class Facts:
    """What decides where a person stands, in the order of the steps; a step that is done includes those before it.

    `has_left` is set once the journey is over for them or for everyone. `link_ends` and `held_until` are instants,
    written in `zone`; `due_on` is the day of the open invoice, in `home_zone`.
    """

    has_left: bool = False
    is_accepted: bool = False
    link_ends: datetime | None = None
    is_registered: bool = False
    has_place: bool = False
    held_until: datetime | None = None
    is_member: bool = False
    is_going_ahead: bool = False
    owes: bool = False
    due_on: date | None = None
    zone: str = "UTC"
    home_zone: str = "UTC"


@dataclass(frozen=True)
class Standing:
    """Where a person stands: a key of STEPS ('' if the journey is over for them), and until when they have time.

    `until` is an instant, written in `zone`; None if nothing is due.
    """

    step: str = ""
    until: datetime | None = None
    zone: str = "UTC"

    @property
    def deadline(self) -> Deadline | None:
        """The day that `until` is the end of, or lies in."""
        return Deadline.around(self.until, self.zone) if self.until else None


def standing(facts: Facts) -> Standing:
    """Return where a person stands, by `facts` alone."""
    if facts.has_left:
        return Standing()
    if facts.is_member:
        return _member_standing(facts)
    if facts.has_place:
        return Standing("deposit", facts.held_until, facts.zone)
    if facts.is_registered:
        return Standing("register")  # in the queue: nothing to do, and nothing to pay
    return Standing("register", facts.link_ends, facts.zone) if facts.is_accepted else Standing("answer")


def _member_standing(facts: Facts) -> Standing:
    due = deadline_instant(facts.due_on, facts.home_zone) if facts.owes else None
    if not facts.is_going_ahead and due is None:
        return Standing("confirmed")
    return Standing("balance", due, facts.home_zone) if facts.owes else Standing("paid")


def steps(program: "Program | ProgramPage", seen_from: Standing | None = None, language: str = "en") -> list[Step]:
    """Return all steps with the dates of `program`, as seen by somebody who stands at `seen_from`.

    The date of their own step is theirs.
    """
    here = list(STEPS).index(seen_from.step) if seen_from and seen_from.step else None
    with translation.override(language):
        return [
            Step(
                key,
                number + 1,
                str(STEPS[key]),
                _short(seen_from.deadline if seen_from and number == here else _deadline(program, key), language),
                _state(number, here),
            )
            for number, key in enumerate(STEPS)
        ]


def line(here: Standing, language: str = "en") -> str:
    """Return a standing in a line: "Step 3 of 7: Register, by Tuesday 30 January"; '' if the journey is over."""
    if not here.step:
        return ""
    number, when = list(STEPS).index(here.step) + 1, _short(here.deadline, language)
    with translation.override(language):
        text = _("Step {number} of {count}: {name}").format(number=number, count=len(STEPS), name=STEPS[here.step])
    return f"{text}, {when}" if when else text


def applying(program: "Program | ProgramPage") -> Standing:
    """Return where a visitor stands who has not applied yet: they may until the application deadline."""
    deadline = _deadline(program, "apply")
    return Standing("apply", deadline.closes_at, deadline.zone) if deadline else Standing("apply")


def _state(number: int, here: int | None) -> str:
    if here is None or number > here:
        return "ahead"
    return "current" if number == here else "done"


def _deadline(program: "Program | ProgramPage", key: str) -> Deadline | None:
    page: Any = getattr(program, "page", program)
    deadline: Deadline | None = {
        "apply": page.deadline("application"),
        "register": page.deadline("registration"),
        "deposit": page.deadline("registration"),
    }.get(key)
    return deadline


def _short(deadline: Deadline | None, language: str) -> str:
    return deadline.short(language) if deadline else ""
