"""Email templates in the admin."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from forms_ext.base import groups
from forms_ext.mail import actions, email_types
from forms_ext.mail.models import MailTemplate
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME

pytestmark = [pytest.mark.django_db]

BODY = "<p>Dear {name}, come to {program}.</p><p>{link}</p>"


def sign_in(client: Client, group: str) -> User:
    user = User.objects.create_user(group, password="x")
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


def rich(html: str) -> str:
    return ContentstateConverter(features=["h3", "bold", "link", "ul"]).from_database_format(html)


def post(client: Client, **more: str) -> str:
    data = {"subject": "Come: {program}", "body": rich(BODY), "button_label": ""} | more
    data["body"] = data["body"] if data["body"].startswith("{") else rich(data["body"])
    url = reverse("forms_ext_mail:template", args=[WELCOME.name])
    return client.post(url, data, follow=True).content.decode()


def test_the_list_says_which_texts_were_changed(client: Client) -> None:
    sign_in(client, groups.EDITORS)
    assert "Default text" in client.get(reverse("forms_ext_mail:templates")).content.decode()
    post(client)
    page = client.get(reverse("forms_ext_mail:templates")).content.decode()
    assert "Changed for all programs" in page
    assert "Come: {program}" in page


def test_a_changed_text_is_the_one_that_goes_out_until_it_is_taken_back(client: Client) -> None:
    sign_in(client, groups.EDITORS)
    assert "Email template changed" in post(client, button_label="Go")
    shown = actions.preview(kind=WELCOME.name, fields=VALUES)
    assert (shown.subject, "Dear Ada, come to Tea & Talk." in shown.text, "Go:" in shown.text) == (
        "Come: Tea & Talk",
        True,
        True,
    )
    client.post(reverse("forms_ext_mail:template", args=[WELCOME.name]), {"reset": "1"})
    assert actions.preview(kind=WELCOME.name, fields=VALUES).subject == "You are welcome: Tea & Talk"


def test_the_text_of_a_program_goes_before_that_of_all() -> None:
    for scope, subject in (("", "All"), ("program:7", "Seven")):
        actions.save_template(kind=WELCOME.name, scope=scope, language="en", subject=subject, body=BODY)
    shown = [actions.preview(kind=WELCOME.name, fields=VALUES, scope=s).subject for s in ("", "program:7", "program:8")]
    assert shown == ["All", "Seven", "All"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("body", "<p>Dear {naem}</p><p>{link}</p>", "Did you mean {name}?"),
        ("body", "<p>Dear {zzz}</p><p>{link}</p>", "Use any of these: {name}, {program}, {link}, {page}"),
        ("body", "<p>Dear {name}</p>", "Add {link}"),
        ("body", "<p>Dear {name, {link}</p>", "brace is missing"),
        ("subject", "Open {link}", "is a private link"),
        ("button_label", "Go {name}", "cannot contain fields"),
    ],
)
def test_what_cannot_be_is_said_in_words(client: Client, field: str, value: str, words: str) -> None:
    sign_in(client, groups.EDITORS)
    assert words in post(client, **{field: value}).replace("&#x27;", "'")
    assert not MailTemplate.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "null", "<p>{link}</p>", "{}", "[]", "7", '{"blocks": 1}', '{"blocks": [{}], "entityMap": {}}', "\x00"]
)
def test_a_text_that_no_editor_sent_is_refused(client: Client, body: str) -> None:
    sign_in(client, groups.EDITORS)
    url = reverse("forms_ext_mail:template", args=[WELCOME.name])
    answer = client.post(url, {"subject": "Come: {program}", "body": body, "button_label": ""})
    assert answer.status_code in {200, 400}
    assert not MailTemplate.objects.exists()


def test_two_kinds_cannot_have_one_subject(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    other = email_types.EmailType(
        name="test.other", label="Other mail", fields={}, sample={}, subject="We have it", body="<p>x</p>"
    )
    monkeypatch.setitem(email_types._types, other.name, other)
    sign_in(client, groups.EDITORS)
    assert "Other mail” already has this subject" in post(client, subject="we have IT")


def test_markup_that_a_mail_may_not_hold_is_not_stored(client: Client) -> None:
    sign_in(client, groups.EDITORS)
    post(client, body=BODY + "<p><script>alert(1)</script><a href='javascript:x'>y</a></p>")
    assert "script" not in MailTemplate.objects.get().body


def test_an_editor_sees_invented_values_only_and_staff_may_see_a_real_persons(client: Client) -> None:
    mail = actions.send(
        kind=WELCOME.name,
        to="ada@example.com",
        to_name="Ada Lovelace",
        fields=VALUES | {"name": "Ada Lovelace"},
        secrets={"link": LINK},
    )
    chosen = {"preview": "1", "values_of": f"mail:{mail.pk}"}
    sign_in(client, groups.EDITORS)
    page = post(client, **chosen)
    assert "Ada Sample" in page
    assert "Lovelace" not in page

    sign_in(client, groups.STAFF)
    page = post(client, **chosen)
    assert "Dear Ada Lovelace" in page
    assert "secret-bits" not in page


def test_staff_see_the_texts_and_may_not_change_them(client: Client) -> None:
    sign_in(client, groups.STAFF)
    page = client.get(reverse("forms_ext_mail:template", args=[WELCOME.name])).content.decode()
    assert "You are welcome: A program" in page
    assert 'name="body"' not in page
    post(client)
    assert not MailTemplate.objects.exists()


def test_preview_saves_nothing(client: Client) -> None:
    sign_in(client, groups.EDITORS)
    post(client, preview="1")
    assert not MailTemplate.objects.exists()


def test_others_may_not_come(client: Client) -> None:
    sign_in(client, groups.REVIEWERS)
    assert client.get(reverse("forms_ext_mail:templates")).status_code == 302
    post(client)
    assert not MailTemplate.objects.exists()
