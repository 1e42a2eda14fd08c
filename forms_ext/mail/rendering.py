"""Render an editor's text with fields to subject, plain text and HTML."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from urllib.parse import urljoin

import css_inline
import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, urlize
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from ..base.conf import conf
from .email_types import MESSAGE, PLACEHOLDER, EmailType, placeholders
from .harmless import harmless
from .plain_text import to_text

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
MARKS = re.compile(f"{MARK_OPEN}([a-z0-9_]+){MARK_CLOSE}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000\ue001]")
TAG_OR_PLACEHOLDER = re.compile(rf"<[a-z][^<>]*>|{PLACEHOLDER.pattern}")
LONE_FIELD = re.compile(
    r"<p[^>]*>(?:\s|&nbsp;)*(?:<(?:b|strong)>)?\{\s*([a-z0-9_]+)\s*\}(?:</(?:b|strong)>)?(?:\s|&nbsp;)*</p>"
)
FIELD_AS_ITS_OWN_LINK = re.compile(r'<a href="(\{[^{}<>]*\})">\s*\1\s*</a>')
_NAME = r"\{\s*name\s*\}"
_EMPHASIS = r"</?(?:b|strong|em|i)>"
SALUTATION = re.compile(
    rf"(?:(?<=<p>)|(?<=<br>))(?:"
    rf"(?:{_EMPHASIS}|[^<{{}}]){{0,40}}{_NAME}(?:{_EMPHASIS}|[\s,:!،，])*(?=</p>|<br>)"
    rf"|(?:{_EMPHASIS}|[^<{{}}.,:;!?]){{0,40}}{_NAME}(?:{_EMPHASIS})*[,!،，])"
)
NAME_FIRST = re.compile(rf"(?:^|(?<=>))\s*{_NAME}\s*[,:;!]?\s*")
NAME_WITHIN = re.compile(rf",?\s*{_NAME}")
PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
TAG = re.compile(r"<[^<>]*>")
TAGS = {"p", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "i", "a", "br", "hr"}
STORED_ATTRIBUTES = {"a": {"href", "linktype", "id"}}
ATTRIBUTES = {"a": {"href", "class"}, "p": {"class"}}
SCHEMES = {"http", "https", "mailto"}
ROW = re.compile(r"[0-9]{1,9}")
MASK = "••••••••"
SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Rendered:
    """A mail as it is shown: private links are masked."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Source:
    """The text of an email before its values: an editor's, or the default one.

    `replaces` is the row of the editor's text that may not go out.
    """

    subject: str
    body: str
    button: str
    replaces: int | None = None


def one_line(text: str) -> str:
    """Return `text` on one line without control characters, fit for a header."""
    return " ".join(CONTROL.sub(" ", text).split())


def mark(name: str) -> str:
    """Return the placeholder of the secret `name` until the email is sent."""
    return f"{MARK_OPEN}{name}{MARK_CLOSE}"


def reveal(content: str, secrets: Mapping[str, str], *, html: bool) -> str:
    """Return `content` with the placeholders replaced by `secrets`, those without a secret by nothing."""
    values = {name: escape(secret) if html else secret for name, secret in secrets.items()}
    return MARKS.sub(lambda m: values.get(m[1], ""), content)


def masked(content: str) -> str:
    """Return `content` with its private links masked."""
    return MARKS.sub(MASK, content)


def sender() -> str:
    """Return the From line of our emails."""
    return conf.COP_MAIL_FROM or settings.DEFAULT_FROM_EMAIL


def compose(
    *,
    kind: EmailType,
    source: Source,
    fields: Mapping[str, str],
    language: str,
    reply_to: str = "",
    without: Collection[str] = (),
) -> Rendered:
    """Render an email in its language; replies go to `reply_to`, otherwise to the sender."""
    to = reply_to or parseaddr(sender())[1]
    with translation.override(language):
        return render(kind=kind, source=source, fields=fields, language=language, reply_to=to, without=without)


def render(
    *,
    kind: EmailType,
    source: Source,
    fields: Mapping[str, str],
    language: str,
    reply_to: str = "",
    without: Collection[str] = (),
) -> Rendered:
    """Render an email with placeholders for its secrets, and without those of `without`.

    Raise LookupError if `fields` lacks a declared field.
    """
    if missing := set(kind.fields) - kind.secrets - set(fields):
        raise LookupError(f"Email {kind.name}: no value for {', '.join(sorted(missing))}")
    values = {name: CONTROL.sub("", str(fields[name])) for name in set(kind.fields) - kind.secrets}
    values |= {name: "" if name in without else mark(name) for name in kind.secrets}
    subject, body = source.subject, _plain_html(source.body)
    name = harmless(values.get("name", ""))
    if not name:
        subject = _nameless_subject(kind, subject)
        body = body if kind.to_colleagues else _nameless(body)
    subject = one_line(PLACEHOLDER.sub(lambda m: (values | {"name": name}).get(m[1], ""), subject))[:SUBJECT_LENGTH]
    values["name"] = one_line(values.get("name", "")) if kind.to_colleagues else name
    body = _body(kind, body, source.button, values)
    way = one_line(fields.get("way", ""))
    context = {"subject": subject, "way": way, "reply_to": reply_to, "language": language, "site_name": _site_name()}
    html = render_to_string("forms_ext/mail/layout.html", context | {"body": mark_safe(body)})  # noqa: S308
    text = render_to_string("forms_ext/mail/layout.txt", context | {"body": to_text(body)})
    return Rendered(subject=subject, text=text.strip() + "\n", html=_inliner().inline(html))


def _site_name() -> str:
    return getattr(settings, "WAGTAIL_SITE_NAME", "") or ""


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def cleaned(stored: str) -> str:
    """Return an editor's text with nothing in it but allowed tags, links and visible characters."""
    html = nh3.clean(
        stored,
        tags=TAGS,
        attributes=STORED_ATTRIBUTES,
        attribute_filter=_stored_attribute,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return CONTROL.sub("", html)


def _plain_html(stored: str) -> str:
    """Return an editor's text as it is sent, with the URLs of linked pages."""
    html = expand_db_html(cleaned(stored))
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None)


def _stored_attribute(tag: str, name: str, value: str) -> str | None:
    """Drop the number of a linked page if it is not a number: it would find no page."""
    return None if name == "id" and not ROW.fullmatch(value) else value


def _nameless_subject(kind: EmailType, subject: str) -> str:
    if kind.to_colleagues:
        return re.sub(_NAME, lambda _found: _("a visitor"), subject)
    return capfirst(NAME_WITHIN.sub("", NAME_FIRST.sub("", subject)))


def _nameless(html: str) -> str:
    """Return the text without the name: the first salutation greets nobody by name, elsewhere it is left out."""
    html = SALUTATION.sub(lambda _found: escape(_("Hello,")), html, count=1)
    return NAME_WITHIN.sub("", NAME_FIRST.sub("", html))


def _body(kind: EmailType, html: str, button: str, values: Mapping[str, str]) -> str:
    """Return the clean HTML of the text: values escaped, the first lone link as the button.

    A paragraph whose fields are all empty is dropped. A text without the field for the staff's message gets it at the
    end.
    """
    html = FIELD_AS_ITS_OWN_LINK.sub(r"\1", html)
    if MESSAGE in kind.fields and MESSAGE not in placeholders(html):
        html += f"<p>{{{MESSAGE}}}</p>"
    html = PARAGRAPH.sub(lambda found: "" if _is_left_empty(found[1], values) else found[0], html)
    html = _with_button(kind, html, button, values)
    html = TAG_OR_PLACEHOLDER.sub(lambda found: _filled(kind, found[0], values), html)
    return nh3.clean(_absolute(html), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def _is_left_empty(paragraph: str, values: Mapping[str, str]) -> bool:
    """Tell whether `paragraph` has fields, and nothing else once they are filled."""
    text = TAG.sub("", paragraph)
    return bool(placeholders(text)) and not PLACEHOLDER.sub(lambda m: values.get(m[1], ""), text).strip()


def _with_button(kind: EmailType, html: str, label: str, values: Mapping[str, str]) -> str:
    """Make a button of the first paragraph that is only a link field, with the URL below it as text."""
    found = [match for match in LONE_FIELD.finditer(html) if match[1] in kind.links]
    if not found or not values.get(found[0][1]):
        return html
    name, text = found[0][1], escape(CONTROL.sub("", label)).replace("{", "&#123;")
    button = f'<p class="action"><a class="button" href="{{{name}}}">{text}</a></p><p class="address">{{{name}}}</p>'
    return html[: found[0].start()] + button + html[found[0].end() :]


def _filled(kind: EmailType, found: str, values: Mapping[str, str]) -> str:
    """Return a tag with the placeholders in its attributes filled, or the HTML of a placeholder between tags."""
    if found.startswith("<"):
        return PLACEHOLDER.sub(lambda m: escape(values.get(m[1], "")), found)
    name = found[1:-1].strip()
    value = values.get(name, "")
    if name in kind.secrets and value:
        return f'<a href="{value}">{value}</a>'
    if name in kind.links:
        return urlize(value, autoescape=True).replace("\n", "<br>")
    return escape(value).replace("\r", "").replace("\n", "<br>")


def _absolute(html: str) -> str:
    """Make links into the site absolute: an email has no page to be relative to."""
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "") or ""
    return re.sub(r'href="(/[^"]*)"', lambda m: f'href="{escape(urljoin(base, m[1]))}"', html)
