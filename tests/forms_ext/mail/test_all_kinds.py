"""Rules for the emails of every package."""

import re
from itertools import combinations

import pytest
from django.conf import settings as django_settings
from django.template.defaultfilters import slugify
from django.utils import translation
from django.utils.translation import gettext as _

from forms_ext.mail import actions, delivery, email_types, queries, rendering
from forms_ext.mail.admin.forms import Place, TemplateForm
from forms_ext.mail.email_types import EmailType
from tests.forms_ext.mail.kinds import VALUES, WELCOME

#: What a stranger may type as a name, and what must never be read of it.
STRANGERS = {
    "link": ("Visit https://evil.example NOW", "evil"),
    "domain": ("Free at evil.co", "evil"),
    "lines": ("Ada\r\nBcc: eve@evil.example\r\n\r\nBuy evil", "evil"),
    "turned": ("Ada \u202eevil", "evil"),
    "markup": ('<a href="https://evil.example">evil</a>', "evil"),
    "field": ("evil {link}", "evil"),
    "long": ("evil " * 40, "evil"),
}

pytestmark = [pytest.mark.django_db]

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
KINDS = [kind for kind in email_types.all_types() if kind.name != WELCOME.name]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
def test_a_default_text_is_a_whole_email(kind: EmailType) -> None:
    shown = actions.preview(kind=kind.name, fields=kind.sample)
    assert shown.subject
    assert not re.search(r"\{[a-z_]*\}", shown.subject + shown.text)
    assert shown.html.count('class="button"') <= 1
    if kind.secrets:
        assert 'class="button"' in shown.html


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
def test_the_line_of_the_way_stands_once(kind: EmailType) -> None:
    shown = actions.preview(kind=kind.name, fields={**kind.sample, "way": "Step 2 of 7: Decision"})
    assert shown.text.count("Step 2 of 7") == shown.html.count("Step 2 of 7") == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
def test_a_built_in_text_can_be_saved_by_an_editor_as_it_stands(kind: EmailType) -> None:
    form = TemplateForm(place=Place(kind, "", "en"))
    subject, body = form.initial["subject"], form.initial["body"]
    form.cleaned_data = {"subject": subject, "body": body}
    form._errors = {}
    assert form.clean_subject() == subject
    assert form.clean_body()
    assert not form._errors


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_subjects_can_be_mistaken_for_each_other(language: str) -> None:
    for one, other in combinations(KINDS, 2):
        first, second = (
            re.sub(r"\W+", " ", queries.built_in(kind, language).subject).casefold() for kind in (one, other)
        )
        assert first != second, (one.name, other.name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_default_text_is_put_together_from_plain_words(language: str) -> None:
    for kind in KINDS:
        body = queries.built_in(kind, language).body
        parts = re.findall(r"<(p|h3)>(.*?)</\1>", body)
        assert "".join(f"<{tag}>{words}</{tag}>" for tag, words in parts) == body, (kind.name, language)
        assert parts[0][1].count("{") == 1, "a salutation first"
        for _tag, words in parts:
            plain = re.sub(r"<br>|<strong>(\{\w+\})</strong>", r"\1", words)
            assert not re.search(r"[<>]|&[lg]t;", plain), (kind.name, language, words)
        assert rendering.cleaned(body) == body, "what an editor stores unchanged"


def test_the_marks_of_a_part_are_put_around_its_words() -> None:
    part = email_types.paragraph("A <b> & {name}, {link}", "{page}", strong=("name",))
    assert str(part) == "<p>A &lt;b&gt; &amp; <strong>{name}</strong>, {link}<br>{page}</p>"
    assert str(email_types.heading("How")) == "<h3>How</h3>"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
@pytest.mark.parametrize(("name", "evil"), STRANGERS.values(), ids=STRANGERS.keys())
def test_what_a_stranger_typed_is_repeated_only_if_it_is_harmless(kind: EmailType, name: str, evil: str) -> None:
    fields = {**kind.sample, "name": name}
    row = actions.send(
        kind=kind.name,
        to="ada@example.com",
        to_name=name,
        fields=fields,
        secrets={field: f"https://testserver/{field}" for field in kind.secrets},
    )
    assert evil not in row.subject + row.recipient_name + delivery.to_line(row)
    if not kind.to_colleagues:
        shown = actions.preview(kind=kind.name, fields=fields)
        assert evil not in row.html + row.text + shown.html + shown.text
        assert "Dear" not in row.text or "name" not in kind.fields
        assert not re.search(r"\s[,.!:]", row.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_each_language_the_mail_without_a_name_greets_nobody(language: str) -> None:
    for kind in KINDS:
        if "name" in kind.fields and not kind.to_colleagues:
            salutation = re.search(r"<p>([^<]*)\{name\}([^<]*)</p>", queries.built_in(kind, language).body)
            shown = actions.preview(kind=kind.name, fields={**kind.sample, "name": "evil.com"}, language=language)
            assert salutation, (kind.name, language)
            assert salutation[1].strip() not in shown.text.split("\n"), (kind.name, language)
            with translation.override(language):
                hello = _("Hello,")
            assert hello in shown.text.split("\n"), (kind.name, language)
            left = f"{salutation[1].strip()}{salutation[2]}"
            assert left == hello or left not in shown.text, (kind.name, language)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>Dear {name},</p><p>Hi</p>", "Hello,\n\nHi"),
        ("<p>Dear <b>{name}</b>,</p>", "Hello,"),
        ("<p>Dear Mr./Ms. { name }:</p>", "Hello,"),
        ("<p><b>Dear {name}, welcome!</b></p>", "Hello, welcome!"),
        ("<p>Dear {name},<br>welcome</p>", "Hello,\nwelcome"),
        ("<p>{name}, welcome</p>", "Hello, welcome"),
        ("<p>Welcome</p><h3>{name}: your place</h3>", "Welcome\n\nyour place"),
        ("<p>Hi {name}!</p><p>We are glad, {name}, to see you.</p>", "Hello,\n\nWe are glad, to see you."),
        ("<p>A place for {name}. Come to us.</p>", "A place for. Come to us."),
        ('<p><a href="https://example.org/{name}">x</a></p>', "x (https://example.org/)"),
    ],
)
def test_an_editors_text_reads_well_without_a_name(text: str, read: str) -> None:
    source = rendering.Source("{name}, you are accepted", text, "Go")
    shown = rendering.render(kind=WELCOME, source=source, fields=VALUES | {"name": "evil.com"}, language="en")
    assert shown.text.split("\n\n-- ")[0].strip() == read
    assert shown.subject == "You are accepted"


def test_a_message_to_a_facilitator_names_its_sender_in_the_text_alone() -> None:
    fields = {**email_types.get("message_to_facilitator").sample, "name": "Eve of evil.com", "message": "One\nTwo"}
    shown = actions.preview(kind="message_to_facilitator", fields=fields)
    assert shown.subject == "Message from a visitor through the website"
    assert "Eve of evil.com (ada@example.org) writes:\n\nOne\nTwo" in shown.text
