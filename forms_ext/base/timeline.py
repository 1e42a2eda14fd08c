"""Entries of a timeline, and how to find them in the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.functional import Promise
from wagtail.models import ModelLogEntry

from . import history


@dataclass(frozen=True)
class Entry:
    """One entry: when, what, in whose words, by whom; `told` is what staff wrote to the person."""

    at: datetime
    title: str | Promise
    text: str = ""
    by: str = ""
    url: str = ""
    told: str = ""


def name_of(user: Any) -> str:
    """Return how a user of the admin is called."""
    return "" if user is None else user.get_full_name() or user.get_username()


def logged(instance: Model, *actions: str) -> Iterator[Entry]:
    """Yield the audit log entries of `instance`: all, or only those of `actions`."""
    kind = ContentType.objects.get_for_model(instance)
    entries = ModelLogEntry.objects.filter(content_type=kind, object_id=str(instance.pk)).select_related("user")
    for entry in entries.filter(action__in=actions) if actions else entries:
        yield Entry(entry.timestamp, history.label(entry.action), by=name_of(entry.user))
