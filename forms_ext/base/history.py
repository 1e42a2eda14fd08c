"""What actions write of what they do: an event, and Wagtail's own audit log, with the clock of this site."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from wagtail.log_actions import LogActionRegistry, log

from . import events, row_states

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def register(action: str, label: str | Promise, keys: Mapping[str, str] | None = None) -> None:
    """Declare `action`, named `forms_ext.<package>.<verb>`, its text in a history, and what its keys mean."""
    events.declare(action, label, keys)


def record(
    subject: models.Model,
    action: str,
    /,
    *,
    user: "AbstractBaseUser | None" = None,
    made: Iterable[models.Model] = (),
    changed: row_states.Changed | None = None,
    gone: Iterable[models.Model] = (),
    **data: Any,
) -> None:
    """Write `action` on `subject` as an event and into the audit log, in the caller's transaction.

    Call it once the rows are written: `made`, `changed` (columns by row) and `gone` name them. `data` is kept forever:
    references, states and figures, never personal text. Raise LookupError as `events.append` does.
    """
    event = events.append(action, subject, by=user, made=made, changed=changed, gone=gone, **data)
    log(subject, action, user=user, data=data, timestamp=event.at)


def register_log_actions(actions: LogActionRegistry) -> None:
    """Pass the declared actions to Wagtail (hook `register_log_actions`)."""
    for action, (label, _keys) in events.declared().items():
        if action not in actions.formatters:
            actions.register_action(action, label, label)
