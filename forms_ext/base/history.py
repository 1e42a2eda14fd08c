"""Wagtail's own audit log, with the clock of this site."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from wagtail.log_actions import LogActionRegistry, log

from cop_program.clock import now

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

_labels: dict[str, str | Promise] = {}


def register(action: str, label: str | Promise) -> None:
    """Declare `action`, named `forms_ext.<package>.<verb>`; `label` is its text in the history of an object."""
    _labels[action] = label


def label(action: str) -> str:
    """Return what `action` is called in the history of an object."""
    return str(_labels.get(action, action))


def record(instance: models.Model, action: str, *, user: "AbstractBaseUser | None" = None, **data: Any) -> None:
    """Write `action` on `instance` into the audit log, in the caller's transaction.

    `data` is kept forever: references, states and figures, never personal text. Raise LookupError if `action` is not
    registered.
    """
    if action not in _labels:
        raise LookupError(f"Register {action!r} with base.history.register first.")
    log(instance, action, user=user, data=data, timestamp=now())


def register_log_actions(actions: LogActionRegistry) -> None:
    """Pass the declared actions to Wagtail (hook `register_log_actions`)."""
    for action, label in _labels.items():
        if action not in actions.formatters:
            actions.register_action(action, label, label)
