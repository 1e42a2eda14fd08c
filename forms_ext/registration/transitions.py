"""The allowed changes of a registration's status, and the one statement that makes them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cop_program.clock import now

from ..base.errors import ActionRefused
from .models import Registration

State = Registration.State

#: The columns that `move` sets.
MOVED = ("state", "state_changed_at", "ended_reason")
TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    State.WAITING: (State.HELD, State.MEMBER, State.CANCELLED),
    State.HELD: (State.MEMBER, State.LAPSED, State.CANCELLED),
    State.MEMBER: (State.HELD, State.CANCELLED),
    State.LAPSED: (State.MEMBER,),
    State.CANCELLED: (),
}


def move(registration: Registration, to_state: str, *, reason: str = "") -> None:
    """Move `registration` from the state in which the caller saw it to `to_state`.

    Raise ActionRefused if that state does not allow it, or if somebody else has changed it meanwhile.
    """
    moment, seen = now(), registration.state
    values = {"state": to_state, "state_changed_at": moment}
    if to_state == State.CANCELLED:
        values["ended_reason"] = reason[:500]
    rows = Registration.objects.filter(pk=registration.pk, state=seen)
    if to_state not in TRANSITIONS[seen] or not rows.update(**values):
        current = Registration.objects.get(pk=registration.pk)
        raise ActionRefused(
            _("%(reference)s cannot change from “%(state)s” to “%(to)s”.")
            % {
                "reference": current.reference,
                "state": current.get_state_display(),
                "to": State(to_state).label,
            }
        )
    for name, value in values.items():
        setattr(registration, name, value)
