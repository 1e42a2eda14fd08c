"""Whose values the preview of an email can show: sample values, a real person's, or those of an email in the log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from cop_program.formatting import shown_day

from ..base.permissions import may
from .email_types import EmailType
from .models import OutgoingMail

RECENT = 25


@dataclass(frozen=True)
class People:
    """The people who get a kind of mail: rows of `model`, shown to who may `action` them.

    `read` returns what a mail of a kind would say to one of them, as far as it is known before that mail is due; the
    sample stands for the rest. `scopes` names the column with the pk of a scope, by the scope's kind.
    """

    model: type[Model]
    action: str
    label: Callable[[Any], str]
    read: Callable[[str, Any], Mapping[str, str]]
    related: tuple[str, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)

    def rows(self, scope: str) -> QuerySet:
        """Return the people of `scope`, the newest first."""
        rows = self.model._default_manager.select_related(*self.related).order_by("-pk")
        kind, _colon, pk = scope.partition(":")
        return rows.filter(**{self.scopes[kind]: pk}) if kind in self.scopes and pk.isdecimal() else rows


_people: dict[str, People] = {}


def register(kinds: Iterable[str], people: People) -> None:
    """Register who gets emails of the types `kinds`. Called from a package's `receivers.connect()`."""
    _people.update(dict.fromkeys(kinds, people))


class Preview:
    """What a preview of `kind` can show to `user`; private links are masked in whatever it shows."""

    def __init__(self, kind: EmailType, scope: str, user: Any) -> None:
        self.kind = kind
        people = _people.get(kind.name)
        self.people = people if people and may(user, people.action, people.model) else None
        self.persons = list(self.people.rows(scope)[:RECENT]) if self.people else []
        self.mails = list(self._mails(scope)) if may(user, "view", OutgoingMail) else []

    def _mails(self, scope: str) -> QuerySet[OutgoingMail]:
        found = OutgoingMail.objects.filter(kind=self.kind.name).defer("html", "text", "secrets")
        return (found.filter(scope=scope) if scope else found).order_by("-pk")[:RECENT]

    def choices(self) -> list[Any]:
        """Return the choices of a field, in groups."""
        groups: list[Any] = [("", _("Sample values"))]
        if self.people and self.persons:
            label = self.people.label
            groups.append((_("A person"), [(f"person:{row.pk}", label(row)) for row in self.persons]))
        if self.mails:
            written = [
                (f"mail:{m.pk}", f"{m.recipient_name or m.recipient}, {shown_day(m.created_at)}") for m in self.mails
            ]
            groups.append((_("An email from the log"), written))
        return groups

    def values(self, chosen: str) -> dict[str, str]:
        """Return the values of the chosen person; sample values if the choice is not valid."""
        values = dict(self.kind.sample)
        source, _colon, pk = chosen.partition(":")
        if source == "person" and self.people:
            person = next((row for row in self.persons if str(row.pk) == pk), None)
            values |= self.people.read(self.kind.name, person) if person else {}
        elif source == "mail":
            values |= next((mail.fields for mail in self.mails if str(mail.pk) == pk), {})
        return values
