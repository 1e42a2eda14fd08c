"""An email backend that stores emails in a folder, and functions that read the folder for the mailbox page."""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from cop_program.clock import now

NAME = re.compile(r"^\d{8}T\d{12}Z-[0-9a-f]{8}$")
STAMP = "%Y%m%dT%H%M%S%fZ"


def folder() -> Path:
    """Return the folder of the mailbox."""
    return Path(settings.COP_MAILBOX_DIR)


class MailboxBackend(BaseEmailBackend):
    """Store each email in `settings.COP_MAILBOX_DIR`, completely or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; return how many."""
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            write(message.message().as_bytes())
        return len(email_messages)


def write(content: bytes) -> str:
    """Store one email and return its name."""
    name = f"{now().astimezone(UTC).strftime(STAMP)}-{secrets.token_hex(4)}"
    draft = folder() / f".{name}.part"
    draft.write_bytes(content)
    os.replace(draft, folder() / f"{name}.eml")
    return name


@dataclass(frozen=True)
class Attached:
    """An attachment of an email."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One email of the mailbox."""

    name: str

    @cached_property
    def message(self) -> ParsedMessage:
        """The parsed email."""
        content = (folder() / f"{self.name}.eml").read_bytes()
        return cast(ParsedMessage, message_from_bytes(content, policy=policy.default))

    @property
    def received_at(self) -> datetime:
        """When it arrived, by the clock of the site."""
        return datetime.strptime(self.name.partition("-")[0], STAMP).replace(tzinfo=UTC)

    def header(self, name: str) -> str:
        """Return a header, unfolded, or ''."""
        return str(self.message.get(name, "")).strip()

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def to(self) -> str:
        return self.header("To")

    @property
    def sender(self) -> str:
        return self.header("From")

    @property
    def reply_to(self) -> str:
        return self.header("Reply-To")

    @property
    def text(self) -> str:
        """The plain text."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML, or ''."""
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""

    @property
    def links(self) -> list[str]:
        """The URLs in its HTML, otherwise in its text, each once."""
        return addresses(self.html) or re.findall(r"https?://[^\s<>()]+", self.text)

    @property
    def attachments(self) -> list[Attached]:
        """The attachments."""
        return [
            Attached(part.get_filename() or "file", part.get_content_type(), _bytes(part))
            for part in self.message.iter_attachments()
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return it as data for JSON."""
        return {
            "id": self.name,
            "received_at": self.received_at.isoformat(),
            "subject": self.subject,
            "to": self.to,
            "from": self.sender,
            "reply_to": self.reply_to,
            "text": self.text,
            "html": self.html,
            "links": self.links,
            "attachments": [{"name": a.name, "content_type": a.content_type} for a in self.attachments],
        }


def _bytes(part: Any) -> bytes:
    return part.get_payload(decode=True) or b""


def addresses(html: str) -> list[str]:
    """Return the web addresses that `html` links to, each once, in order."""
    found: dict[str, None] = {}

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            href = dict(attrs).get("href") or ""
            if tag == "a" and href.startswith("http"):
                found[href] = None

    Links().feed(html)
    return list(found)


def all_mails() -> Iterator[Mail]:
    """Yield the emails, the newest first."""
    if folder().is_dir():
        for path in sorted(folder().glob("*.eml"), reverse=True):
            if NAME.match(path.stem):
                yield Mail(path.stem)


def find(name: str) -> Mail | None:
    """Return the email called `name`, or None."""
    return Mail(name) if NAME.match(name) and (folder() / f"{name}.eml").is_file() else None
