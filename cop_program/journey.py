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

from .deadlines import Deadline, by_text, deadline_instant

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


#: What has to happen before a step can be taken by somebody who stands at it.
WAITS_FOR: dict[str, str | Promise] = {
    "place": gettext_lazy("once a place is free"),
    "confirmation": gettext_lazy("once enough people have joined"),
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

    `has_left` is set once the journey is over for them or for everyone. `link_ends` is an instant, written in `zone`;
    `held_until` and `would_hold_until` (of the hold that begins when they register) are instants, written in
    `home_zone`, as is `due_on`, the day of the open invoice. `reader_zone` is the person's own zone, '' if unknown.
    """

    has_left: bool = False
    is_accepted: bool = False
    link_ends: datetime | None = None
    would_hold_until: datetime | None = None
    is_registered: bool = False
    has_place: bool = False
    held_until: datetime | None = None
    is_member: bool = False
    is_going_ahead: bool = False
    owes: bool = False
    due_on: date | None = None
    zone: str = "UTC"
    home_zone: str = "UTC"
    reader_zone: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a person stands: a key of STEPS ('' if the journey is over for them), and until when they have time.

    `until` is an instant, written in `zone`; None if nothing is due. `waits_for` is a key of WAITS_FOR, or '' if the
    step is the person's to take. `ahead` has the later steps whose dates are known already.
    """

    step: str = ""
    until: datetime | None = None
    zone: str = "UTC"
    reader_zone: str = ""
    waits_for: str = ""
    ahead: tuple["Standing", ...] = ()

    @property
    def deadline(self) -> Deadline | None:
        """The day that `until` is the end of, or lies in."""
        return Deadline.around(self.until, self.zone) if self.until else None

    def when(self, language: str = "en", reader_zone: str = "") -> str:
        """Return "by Tuesday 30 January" or what the step waits for; '' if there is nothing to say.

        The reader's clock counts where it reaches the deadline earlier: that of `reader_zone`, else of the person.
        """
        if self.until:
            return by_text(self.until, self.zone, language, reader_zone or self.reader_zone)
        with translation.override(language):
            return str(WAITS_FOR.get(self.waits_for, ""))


def standing(facts: Facts) -> Standing:
    """Return where a person stands, by `facts` alone."""
    if facts.has_left:
        return Standing()
    if facts.is_member:
        return _member_standing(facts)
    if facts.has_place:
        return Standing("deposit", facts.held_until, facts.home_zone, facts.reader_zone)
    if facts.is_registered:
        return Standing("deposit", waits_for="place")
    return _accepted_standing(facts) if facts.is_accepted else Standing("answer")


def _accepted_standing(facts: Facts) -> Standing:
    """Return the end of their link, and of the hold that begins if they register and a place is free."""
    hold = Standing("deposit", facts.would_hold_until, facts.home_zone, facts.reader_zone)
    ahead = (hold,) if facts.would_hold_until else ()
    return Standing("register", facts.link_ends, facts.zone, facts.reader_zone, ahead=ahead)


def _member_standing(facts: Facts) -> Standing:
    due = deadline_instant(facts.due_on, facts.home_zone) if facts.owes else None
    if not facts.is_going_ahead and due is None:
        return Standing("confirmed", waits_for="confirmation")
    return Standing("balance", due, facts.home_zone) if facts.owes else Standing("paid")


def steps(
    program: "Program | ProgramPage", seen_from: Standing | None = None, language: str = "en", reader_zone: str = ""
) -> list[Step]:
    """Return all steps as seen by somebody who stands at `seen_from`, or by a visitor.

    What is done has no date any more. The dates of the program count as long as nobody has been accepted; from then on
    only dates of the person's own are said.
    """
    here = list(STEPS).index(seen_from.step) if seen_from and seen_from.step else None
    own = {one.step: one for one in (seen_from, *seen_from.ahead)} if seen_from else {}
    if here is None or here <= list(STEPS).index("answer"):
        own = {key: _of_program(program, key) for key in STEPS} | own
    with translation.override(language):
        return [
            Step(
                key,
                number + 1,
                str(STEPS[key]),
                own[key].when(language, reader_zone) if key in own and number >= (here or 0) else "",
                _state(number, here),
            )
            for number, key in enumerate(STEPS)
        ]


def line(here: Standing, language: str = "en") -> str:
    """Return a standing in a line: "Step 3 of 7: Register, by Tuesday 30 January"; '' if the journey is over."""
    if not here.step:
        return ""
    number, when = list(STEPS).index(here.step) + 1, here.when(language)
    with translation.override(language):
        text = _("Step {number} of {count}: {name}").format(number=number, count=len(STEPS), name=STEPS[here.step])
    return f"{text}, {when}" if when else text


def applying(program: "Program | ProgramPage") -> Standing:
    """Return where a visitor stands who has not applied yet: they may until the application deadline."""
    return _of_program(program, "apply")


def _state(number: int, here: int | None) -> str:
    if here is None or number > here:
        return "ahead"
    return "current" if number == here else "done"


def _of_program(program: "Program | ProgramPage", key: str) -> Standing:
    """Return a step with the date that the program has for it, if any."""
    page: Any = getattr(program, "page", program)
    kind = {"apply": "application", "register": "registration", "deposit": "registration"}.get(key)
    deadline: Deadline | None = page.deadline(kind) if kind else None
    return Standing(key, deadline.closes_at, deadline.zone) if deadline else Standing(key)
