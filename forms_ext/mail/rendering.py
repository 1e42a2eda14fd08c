"""From one source (an editor's text with placeholders) to subject, plain text and HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

import css_inline
import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape, urlize
from django.utils.safestring import mark_safe
from wagtail.rich_text import expand_db_html

from .kinds import MESSAGE, PLACEHOLDER, MailKind, placeholders
from .plain import to_text

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
MARKS = re.compile(f"{MARK_OPEN}([a-z0-9_]+){MARK_CLOSE}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000\ue001]")
TAG_OR_PLACEHOLDER = re.compile(rf"<[a-z][^<>]*>|{PLACEHOLDER.pattern}")
LONE_FIELD = re.compile(r"<p[^>]*>\s*(?:<(?:b|strong)>)?\{\s*([a-z0-9_]+)\s*\}(?:</(?:b|strong)>)?\s*</p>")
PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
TAG = re.compile(r"<[^<>]*>")
TAGS = {"p", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "i", "a", "br", "hr"}
ATTRIBUTES = {"a": {"href", "class"}, "p": {"class"}}
SCHEMES = {"http", "https", "mailto"}
MASK = "••••••••"
SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Rendered:
    """A mail as it is shown: personal links are masked."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Source:
    """The text of a mail before its values: an editor's, or the built-in one."""

    subject: str
    body: str
    button: str


def one_line(text: str) -> str:
    """Return `text` on one line without control characters: fit for a header."""
    return " ".join(CONTROL.sub(" ", text).split())


def mark(name: str) -> str:
    """Return the mark that stands for the secret `name` until the mail is sent."""
    return f"{MARK_OPEN}{name}{MARK_CLOSE}"


def reveal(content: str, secrets: Mapping[str, str], *, html: bool) -> str:
    """Return `content` with the marks replaced by `secrets`."""
    return MARKS.sub(lambda m: escape(secrets[m[1]]) if html else secrets[m[1]], content)


def masked(content: str) -> str:
    """Return `content` with a mask where a personal link stands."""
    return MARKS.sub(MASK, content)


def render(*, kind: MailKind, source: Source, fields: Mapping[str, str], language: str, reply_to: str = "") -> Rendered:
    """Render a mail with the marks of its secrets; LookupError names a declared field that `fields` lacks."""
    if missing := set(kind.fields) - kind.secrets - set(fields):
        raise LookupError(f"Mail {kind.name}: no value for {', '.join(sorted(missing))}")
    values = {name: CONTROL.sub("", str(fields[name])) for name in set(kind.fields) - kind.secrets}
    values |= {name: mark(name) for name in kind.secrets}
    subject = one_line(PLACEHOLDER.sub(lambda m: values.get(m[1], ""), source.subject))[:SUBJECT_LENGTH]
    body = _body(kind, source, values)
    way = one_line(fields.get("way", ""))
    context = {"subject": subject, "way": way, "reply_to": reply_to, "language": language, "site_name": _site_name()}
    html = render_to_string("forms_ext/mail/layout.html", context | {"body": mark_safe(body)})  # noqa: S308
    text = render_to_string("forms_ext/mail/layout.txt", context | {"body": to_text(body)})
    return Rendered(subject=subject, text=text.strip() + "\n", html=_inliner().inline(html))


def _site_name() -> str:
    return getattr(settings, "WAGTAIL_SITE_NAME", "")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def _body(kind: MailKind, source: Source, values: Mapping[str, str]) -> str:
    """Return the clean HTML of the text: values escaped, the first lone link as the button.

    A paragraph whose fields are all empty goes; a text without the field for what staff write has it at its end.
    """
    html = expand_db_html(source.body)
    if MESSAGE in kind.fields and MESSAGE not in placeholders(html):
        html += f"<p>{{{MESSAGE}}}</p>"
    html = PARAGRAPH.sub(lambda found: "" if _is_left_empty(found[1], values) else found[0], html)
    html = _with_button(kind, html, source.button, values)
    html = TAG_OR_PLACEHOLDER.sub(lambda found: _filled(kind, found[0], values), html)
    return nh3.clean(_absolute(html), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def _is_left_empty(paragraph: str, values: Mapping[str, str]) -> bool:
    """Tell whether `paragraph` holds fields, and nothing else once they are filled."""
    text = TAG.sub("", paragraph)
    return bool(placeholders(text)) and not PLACEHOLDER.sub(lambda m: values.get(m[1], ""), text).strip()


def _with_button(kind: MailKind, html: str, label: str, values: Mapping[str, str]) -> str:
    """Make a button of the first paragraph that holds nothing but a link field, the address below it as text."""
    found = [match for match in LONE_FIELD.finditer(html) if match[1] in kind.links]
    if not found or not values.get(found[0][1]):
        return html
    name, text = found[0][1], escape(label).replace("{", "&#123;")
    button = f'<p class="action"><a class="button" href="{{{name}}}">{text}</a></p><p class="address">{{{name}}}</p>'
    return html[: found[0].start()] + button + html[found[0].end() :]


def _filled(kind: MailKind, found: str, values: Mapping[str, str]) -> str:
    """Return a tag with the placeholders in its attributes filled, or the HTML of a placeholder between tags."""
    if found.startswith("<"):
        return PLACEHOLDER.sub(lambda m: escape(values.get(m[1], "")), found)
    name = found[1:-1].strip()
    value = values.get(name, "")
    if name in kind.secrets:
        return f'<a href="{value}">{value}</a>'
    if name in kind.links:
        return urlize(value, autoescape=True).replace("\n", "<br>")
    return escape(value).replace("\r", "").replace("\n", "<br>")


def _absolute(html: str) -> str:
    """Let links into the site hold its address: a mail has no page to be relative to."""
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "") or ""
    return re.sub(r'href="(/[^"]*)"', lambda m: f'href="{escape(urljoin(base, m[1]))}"', html)
