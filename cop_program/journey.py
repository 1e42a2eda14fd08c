"""The steps that everyone takes: Apply - Decision - Register - Deposit - Confirmed - Balance - Paid."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .deadlines import Deadline

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


def steps(program: "Program | ProgramPage", current: str | None = None, language: str = "en") -> list[Step]:
    """Return all steps with the dates of `program`, seen by somebody who is at the step `current` (a key of STEPS)."""
    keys = list(STEPS)
    here = keys.index(current) if current in STEPS else None
    with translation.override(language):
        return [
            Step(key, number + 1, str(STEPS[key]), _when(program, key, language), _state(number, here))
            for number, key in enumerate(keys)
        ]


def step_line(program: "Program | ProgramPage", step: str, language: str = "en") -> str:
    """Return the way as one line of text: "Step 3 of 7: Register, by Tuesday 30 January"."""
    found = next(one for one in steps(program, step, language) if one.key == step)
    with translation.override(language):
        text = _("Step {number} of {count}: {name}").format(number=found.number, count=len(STEPS), name=found.name)
    return f"{text}, {found.when}" if found.when else text


def _state(number: int, here: int | None) -> str:
    if here is None or number > here:
        return "ahead"
    return "current" if number == here else "done"


def _when(program: "Program | ProgramPage", key: str, language: str) -> str:
    page: Any = getattr(program, "page", program)
    deadline: Deadline | None = {
        "apply": page.deadline("application"),
        "register": page.deadline("registration"),
        "deposit": page.deadline("registration"),
    }.get(key)
    return deadline.short(language) if deadline else ""
