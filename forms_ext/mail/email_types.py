"""Email types: each declared by its package, with its fields, a sample and its built-in text."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise, lazy
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
class Part:
    """A paragraph or heading of a default text: lines of plain words with `{field}`, without HTML.

    Each line is one message for translators. `strong` names the fields whose values are bold. A part is left out of
    an email if it holds only fields and all of them are empty.
    """

    lines: tuple[Words, ...]
    strong: Collection[str] = ()
    tag: str = "p"

    def __str__(self) -> str:
        words = "<br>".join(escape(str(line), quote=False) for line in self.lines)
        words = PLACEHOLDER.sub(lambda m: f"<strong>{m[0]}</strong>" if m[1] in self.strong else m[0], words)
        return f"<{self.tag}>{words}</{self.tag}>"


def paragraph(*lines: Words, strong: Collection[str] = ()) -> Part:
    """Return the paragraph that has `lines`."""
    return Part(lines, strong)


def heading(words: Words) -> Part:
    """Return the heading that says `words`."""
    return Part((words,), tag="h3")


#: Parts that many emails share.
GREETING = paragraph(_("Dear {name},"))
HOW_TO_PAY = (heading(_("How to pay")), paragraph("{bank_details}"))
STAFF_MESSAGE = paragraph("{message}")
PRIVATE_LINK = paragraph("{link}")


def _joined(parts: Sequence[Part]) -> str:
    return "".join(map(str, parts))


_html = lazy(_joined, str)


@dataclass(frozen=True)
class EmailType:
    """One type of email.

    `fields` maps each placeholder to what it means, in words for an editor; `sample` gives each an invented
    value. `subject` and `body` are the default texts: simple HTML (p, h3, ul, ol, li, strong, em, a) with
    `{field}`. `secret_fields` are private links: never stored readable, masked in previews and registers.
    `link_fields` are addresses that all recipients share. A field of these two kinds alone in a paragraph becomes
    the one button, labelled `button`. A field `name` holds what people outside typed, and is repeated only if it is
    harmless (`harmless.py`); emails `to_colleagues` have it as it was typed in their text.
    """

    name: str
    label: Words
    fields: Mapping[str, Words]
    sample: Mapping[str, str]
    subject: Words
    body: Words
    secret_fields: tuple[str, ...] = ("link",)
    link_fields: tuple[str, ...] = ()
    button: Words = field(default=_("Open your private page"))
    to_colleagues: bool = False

    @property
    def secrets(self) -> frozenset[str]:
        """Those of `secret_fields` that this type has."""
        return frozenset(self.secret_fields) & frozenset(self.fields)

    @property
    def links(self) -> frozenset[str]:
        """All fields whose value is a link."""
        return self.secrets | (frozenset(self.link_fields) & frozenset(self.fields))

    def renewed(self, text: str) -> str:
        """Return a stored `text` with the fields that this type has renamed under their new names."""

        def new_name(match: re.Match[str]) -> str:
            new = OLD_NAMES.get(match[1], "")
            return f"{{{new}}}" if match[1] not in self.fields and new in self.fields else match[0]

        return PLACEHOLDER.sub(new_name, text)


#: Fields with what each means, in words for an editor, and an invented value.
type Fields = Mapping[str, tuple[Words, str]]

#: What most emails may say.
COMMON: Fields = {
    "name": (_("Name"), "Ada Sample"),
    "program": (_("Title of the program"), "Nurturing Healthy Culture with Sociocracy"),
}
#: What staff write to the person in an action's form.
TOLD: Fields = {MESSAGE: (_("Message from staff, often empty"), "If you have any questions, just reply to this email.")}
#: How an issuer is paid.
TRANSFER: Fields = {
    "bank_details": (_("Bank details of the issuer"), "First Example Bank, account 000123456789, routing 011000015"),
}


def define(name: str, label: Words, subject: Words, body: Sequence[Part], *fields: Fields, **more: Any) -> EmailType:
    """Return a type whose default text is `body`, and that has the fields of all `fields`."""
    every = {key: pair for group in fields for key, pair in group.items()}
    return EmailType(
        name=name,
        label=label,
        fields={key: meaning for key, (meaning, _sample) in every.items()},
        sample={key: sample for key, (_meaning, sample) in every.items()},
        subject=subject,
        body=_html(tuple(body)),
        **more,
    )


_types: dict[str, EmailType] = {}


def _check(kind: EmailType) -> None:
    """Refuse a type whose default text cannot be rendered, when it is registered."""
    used = set(placeholders(str(kind.subject))) | set(placeholders(str(kind.body)))
    if unknown := used - set(kind.fields):
        raise ImproperlyConfigured(f"Email type {kind.name}: its text uses undeclared fields: {sorted(unknown)}")
    if missing := set(kind.fields) - set(kind.sample) - kind.secrets:
        raise ImproperlyConfigured(f"Email type {kind.name}: no sample value for: {sorted(missing)}")
    if kind.secrets & set(placeholders(str(kind.subject))):
        raise ImproperlyConfigured(f"Email type {kind.name}: a private link cannot be in the subject")


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
        raise LookupError(f"No package has registered an email type {name!r}.") from None


def find(name: str) -> EmailType | None:
    """Return the kind called `name`, or None: the email log also lists kinds that no longer exist."""
    return _types.get(name)


def all_types() -> Iterator[EmailType]:
    """Yield all types, in the order in which the packages declared them."""
    yield from _types.values()
