"""Where a private link may appear in a mail: alone in a paragraph, or as the whole URL of a link.

Anywhere else the address that a mail program makes of it could lead to another site, and take the link there.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote

from django.utils.translation import gettext as _

from .email_types import PLACEHOLDER, EmailType, placeholders
from .rendering import MARKS, cleaned

INLINE = {"a", "b", "strong", "em", "i", "br"}
APART = re.compile(rf"(?:^|\s)\(?{MARKS.pattern}")


def misplaced(kind: EmailType, *, subject: str, body: str) -> tuple[str, ...]:
    """Return the fields of `kind` that are in a text where their private link could reach somebody else."""
    return _misplaced(kind.secrets, kind.links, subject, body)


@lru_cache(maxsize=1024)
def _misplaced(secrets: frozenset[str], links: frozenset[str], subject: str, body: str) -> tuple[str, ...]:
    reader = _Reader(PLACEHOLDER)
    reader.read(cleaned(body))
    wrong = secrets & {*placeholders(subject), *reader.loose}
    return tuple(sorted(wrong | (links & reader.glued)))


def advice(name: str) -> str:
    """Return how to fix the misplaced field `name`."""
    return _(
        "Put {%(name)s} in a paragraph of its own, or make it the whole URL of a link. "
        "Anywhere else, the link could be passed on to another website."
    ) % {"name": name}


def is_safe(*, subject: str, html: str, text: str) -> bool:
    """Tell whether a written mail holds the marks of its private links only where they may be."""
    reader = _Reader(MARKS)
    reader.read(html)
    return not (reader.loose or MARKS.search(subject) or MARKS.search(APART.sub("", text)))


class _Reader(HTMLParser):
    """Find fields: `loose` ones are neither alone in a paragraph nor a whole `href`, `glued` ones are part of a URL."""

    def __init__(self, field: re.Pattern[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.field = field
        self.loose: set[str] = set()
        self.glued: set[str] = set()
        self.is_paragraph = False
        self.words = ""
        self.href: str | None = None

    def read(self, html: str) -> None:
        """Read a whole document or a part of one."""
        self.feed(html)
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            self._attribute(value or "", is_href=(tag, name) == ("a", "href"))
        if tag == "a":
            self.href = (dict(attrs).get("href") or "").strip()
        if tag == "br":
            self.words += "\n"
        if tag not in INLINE:
            self._end_block()
            self.is_paragraph = tag == "p"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.href = None
        if tag not in INLINE:
            self._end_block()

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.href is not None:
            self.loose.update(match[1] for match in self.field.finditer(data) if match[0] != self.href)

    def _attribute(self, value: str, *, is_href: bool) -> None:
        whole = is_href and self.field.fullmatch(value.strip())
        if not whole:
            names = self._names(unquote(unquote(value)))
            self.loose |= names
            self.glued |= names

    def _end_block(self) -> None:
        if not (self.is_paragraph and self.field.fullmatch(self.words.strip())):
            self.loose |= self._names(self.words)
        for match in self.field.finditer(self.words):
            before = self.words[: match.start()]
            if re.search(r"\w\S*\Z", before):
                self.glued.add(match[1])
        self.words, self.is_paragraph = "", False

    def _names(self, text: str) -> set[str]:
        return {match[1] for match in self.field.finditer(text)}
