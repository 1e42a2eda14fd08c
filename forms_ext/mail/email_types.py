"""Email types: each declared by its package, with its fields, a sample and its built-in text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Words = str | Promise

PLACEHOLDER = re.compile(r"\{\s*([^{}<>]*?)\s*\}")

#: The field for what staff write to the person, empty by default.
MESSAGE = "message"
#: Fields that had another name once, and mean the new one in texts that editors have stored.
OLD_NAMES = {"reason": MESSAGE}


def placeholders(text: str) -> list[str]:
    """Return the names between braces in `text`, in order."""
    return [match[1] for match in PLACEHOLDER.finditer(text)]


@dataclass(frozen=True)
class EmailType:
    """One kind of mail.

    `fields` maps each placeholder to what it means, in words for an editor; `sample` gives each an invented
    value. `subject` and `body` are the built-in texts: simple HTML (p, h3, ul, ol, li, strong, em, a) with
    `{field}`. `secret_fields` are private links: never stored readable, masked in previews and registers.
    `link_fields` are addresses that all recipients share. A field of these two kinds alone in a paragraph becomes
    the one button, labelled `button`. A field `name` holds what people outside typed, and is repeated only if it is
    harmless (`harmless.py`); mails `to_colleagues` have it as it was typed in their text.
    """

    name: str
    label: Words
    fields: Mapping[str, Words]
    sample: Mapping[str, str]
    subject: Words
    body: Words
    secret_fields: tuple[str, ...] = ("link",)
    link_fields: tuple[str, ...] = ()
    button: Words = field(default=_("Open your personal page"))
    to_colleagues: bool = False

    @property
    def secrets(self) -> frozenset[str]:
        """Those of `secret_fields` that this kind has."""
        return frozenset(self.secret_fields) & frozenset(self.fields)

    @property
    def links(self) -> frozenset[str]:
        """All fields whose value is an address to open."""
        return self.secrets | (frozenset(self.link_fields) & frozenset(self.fields))

    def renewed(self, text: str) -> str:
        """Return a stored `text` with the fields that this kind has renamed under their new names."""

        def new_name(match: re.Match[str]) -> str:
            new = OLD_NAMES.get(match[1], "")
            return f"{{{new}}}" if match[1] not in self.fields and new in self.fields else match[0]

        return PLACEHOLDER.sub(new_name, text)


#: Fields with what each means, in words for an editor, and an invented value.
type Fields = Mapping[str, tuple[Words, str]]

#: What most mails may say.
COMMON: Fields = {
    "name": (_("Name"), "Ada Sample"),
    "program": (_("Title of the program"), "Nurturing Healthy Culture with Sociocracy"),
}
#: What staff write to the person in an action's form.
TOLD: Fields = {MESSAGE: (_("What staff write to the person; often empty"), "We hope to see you another time.")}
#: How money gets to an issuer.
TRANSFER: Fields = {
    "bank_details": (_("Bank details of the issuer"), "First Example Bank, account 000123456789, routing 011000015"),
}


def define(name: str, label: Words, subject: Words, body: Words, *fields: Fields, **more: Any) -> EmailType:
    """Return a kind that has the fields of all `fields`."""
    every = {key: pair for group in fields for key, pair in group.items()}
    return EmailType(
        name=name,
        label=label,
        fields={key: meaning for key, (meaning, _sample) in every.items()},
        sample={key: sample for key, (_meaning, sample) in every.items()},
        subject=subject,
        body=body,
        **more,
    )


_types: dict[str, EmailType] = {}


def _check(kind: EmailType) -> None:
    """Refuse a kind whose built-in text cannot be rendered, when it is registered."""
    used = set(placeholders(str(kind.subject))) | set(placeholders(str(kind.body)))
    if unknown := used - set(kind.fields):
        raise ImproperlyConfigured(f"Mail kind {kind.name}: its text uses undeclared fields: {sorted(unknown)}")
    if missing := set(kind.fields) - set(kind.sample) - kind.secrets:
        raise ImproperlyConfigured(f"Mail kind {kind.name}: no sample value for: {sorted(missing)}")
    if kind.secrets & set(placeholders(str(kind.subject))):
        raise ImproperlyConfigured(f"Mail kind {kind.name}: a personal link cannot stand in the subject")


def register(kind: EmailType) -> EmailType:
    """Declare `kind`. Called from `receivers.connect()` of a package.

    Raise ImproperlyConfigured if its built-in text cannot be rendered.
    """
    _check(kind)
    _types[kind.name] = kind
    return kind


def get(name: str) -> EmailType:
    """Return the kind called `name`. Raise LookupError if it is not registered."""
    try:
        return _types[name]
    except KeyError:
        raise LookupError(f"No package has registered a mail kind {name!r}.") from None


def find(name: str) -> EmailType | None:
    """Return the kind called `name`, or None: the email log also lists kinds that no longer exist."""
    return _types.get(name)


def all_types() -> Iterator[EmailType]:
    """Yield all kinds, in the order in which the packages declared them."""
    yield from _types.values()
