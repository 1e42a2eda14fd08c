"""Attacks on the gate: every wrong link and cookie gets the same answer, and opening a link uses nothing up."""

import secrets
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cop_program.models import Program
from forms_ext.admission import actions
from forms_ext.admission.models import Invitation
from forms_ext.applications.models import Application
from forms_ext.registration import gate
from forms_ext.registration.models import Registration
from forms_ext.registration.pages import RegistrationFormPage
from tests.forms_ext.admission import factories
from tests.forms_ext.forms.factories import REGISTRATION, publish
from tests.forms_ext.registration.test_form_page import form_token, invited, send

__all__ = ["invited"]
pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def visit(link: str, browser: Client | None = None) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        response = (browser or Client()).get(f"/go/invitation/{link}/")
    return response, len(queries)


def wrong_links(page: Any, invitation: Any, link: str) -> dict[str, str]:
    """Return a link of every kind that opens nothing; `link` itself is used up."""
    program = invitation.application.program
    used = Client()
    assert send(used, page, form_token(used.get(f"/go/invitation/{link}/", follow=True))).status_code == 302
    revoked, revoked_link = factories.accept(factories.make_application(program, 2))
    actions.revoke_link(application=revoked.application, by=None)
    replaced, replaced_link = factories.accept(factories.make_application(program, 3))
    actions.send_link_again(application=replaced.application, by=None)
    ended, ended_link = factories.accept(factories.make_application(program, 4))
    Invitation.objects.filter(pk=ended.pk).update(ends_at=factories.START)
    declined, declined_link = factories.accept(factories.make_application(program, 5))
    Application.objects.filter(pk=declined.application_id).update(state="declined")
    _foreign, foreign_link = factories.accept(factories.make_application(factories.open_program(), 6))
    off, off_link = factories.accept(factories.make_application(factories.open_program(), 7))
    Program.objects.filter(pk=off.application.program_id).update(status="called_off")
    return {
        "guessed": secrets.token_urlsafe(32),
        "truncated": link[:-1],
        "lengthened": link + "x",
        "altered": ("A" if link[0] != "A" else "B") + link[1:],
        "case": link.swapcase(),
        "revoked": revoked_link,
        "replaced": replaced_link,
        "used": link,
        "ended": ended_link,
        "declined": declined_link,
        "program without a form": foreign_link,
        "program called off": off_link,
        "not ASCII": "é",
        "cut amid percents": secrets.token_urlsafe(20) + "%",
        "escaped": "".join(f"%{ord(letter):02x}" for letter in secrets.token_urlsafe(32)),
        "short": "x",
    }


def test_every_wrong_link_gets_the_same_answer_by_the_same_number_of_queries(
    invited: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Also a used link: the page says where to find the right one."""
    wrong = wrong_links(*invited)
    visit("warm")  # Wagtail keeps the paths of its sites
    caplog.clear()
    seen = {kind: visit(link) for kind, link in wrong.items()}
    answers = {(answer.status_code, answer.content, str(sorted(answer.items()))) for answer, _count in seen.values()}
    assert len(answers) == 1
    assert len({count for _answer, count in seen.values()}) == 1, {kind: count for kind, (_, count) in seen.items()}
    answer = seen["used"][0]
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store, private")
    assert not any(answer.cookies for answer, _count in seen.values())
    assert caplog.messages == ["Not Found: /go/invitation/***/"] * len(seen)


WRITING = ("INSERT", "UPDATE", "DELETE")
PREFETCH = [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}, {}]


@pytest.mark.parametrize("headers", PREFETCH)
def test_scanners_use_nothing_up_and_write_nothing(client: Client, invited: Any, headers: dict[str, str]) -> None:
    page, invitation, link = invited
    address = f"/go/invitation/{link}/"
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            assert Client(headers=headers).head(address, follow=True).redirect_chain[0][1] == 302
            assert Client(headers=headers).get(address, follow=True).status_code == 200
        assert Client().post(address).status_code == 405
    assert not [each["sql"] for each in queries if each["sql"].startswith(WRITING)]
    assert not Client(headers=headers).head(address).cookies
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert send(client, page, form_token(client.get(f"/go/invitation/{link}/", follow=True))).status_code == 302


def test_two_browsers_with_one_link_register_once(invited: Any) -> None:
    page, _invitation, link = invited
    one, two = Client(), Client()
    tokens = [form_token(each.get(f"/go/invitation/{link}/", follow=True)) for each in (one, two)]
    assert send(one, page, tokens[0]).status_code == 302
    late = send(two, page, tokens[1])
    assert (late.status_code, late["Cache-Control"]) == (404, "no-store, private")
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("ending", ["revoke_link", "send_link_again"])
def test_a_cookie_dies_with_its_link(client: Client, invited: Any, ending: str) -> None:
    page, invitation, link = invited
    token = form_token(client.get(f"/go/invitation/{link}/", follow=True))
    getattr(actions, ending)(application=invitation.application, by=None)
    assert (client.get(page.url).status_code, send(client, page, token).status_code) == (404, 404)
    assert not Registration.objects.exists()


def test_forged_and_foreign_cookies_open_nothing(invited: Any) -> None:
    page, invitation, _link = invited
    good = signing.dumps(invitation.pk, salt=gate.SALT)
    for value in (str(invitation.pk), good[:-1], "x" + good, signing.dumps(invitation.pk, salt="other"), "", "::"):
        browser = Client()
        browser.cookies[gate.COOKIE] = value
        assert browser.get(page.url).status_code == 404, value


def test_an_invitation_to_another_program_does_not_open_this_form(invited: Any) -> None:
    page, _invitation, _link = invited
    other, link = factories.accept(factories.make_application(factories.open_program(), 7))
    assert Client().get(f"/go/invitation/{link}/").status_code == 404  # that program has no form
    browser = Client()
    browser.cookies[gate.COOKIE] = signing.dumps(other.pk, salt=gate.SALT)
    assert browser.get(page.url).status_code == 404


def test_a_link_opens_the_form_of_its_own_program_alone(invited: Any) -> None:
    page, _invitation, _link = invited
    program = factories.open_program()
    other = RegistrationFormPage(title="Register elsewhere", slug="register", live=False)
    program.page.add_child(instance=other)
    publish(other, REGISTRATION)
    _foreign, link = factories.accept(factories.make_application(program, 7))
    browser = Client()
    assert browser.get(f"/go/invitation/{link}/").url == other.url
    for value in {each.value for each in browser.cookies.values()}:
        browser.cookies[gate.COOKIE] = browser.cookies[gate.SENDING_COOKIE] = value
    assert browser.get(other.url).status_code == 200
    assert browser.get(page.url).status_code == 404
    assert send(browser, page, form_token(browser.get(other.url))).status_code == 404
    assert not Registration.objects.exists()


def test_a_foreign_persons_link_shows_and_does_nothing_of_ones_own(invited: Any) -> None:
    """B's link in A's browser: before and after A has registered, it is B's form and nothing of A's."""
    page, mine, link = invited
    theirs, their_link = factories.accept(factories.make_application(mine.application.program, 2))
    for invitation in (mine, theirs):
        application = invitation.application
        Application.objects.filter(pk=application.pk).update(answers={"email": application.email})
    browser = Client()
    my_form = browser.get(f"/go/invitation/{link}/", follow=True)
    assert "person1@example.org" in my_form.text
    their_form = browser.get(f"/go/invitation/{their_link}/", follow=True)
    assert "person2@example.org" in their_form.text
    assert "person1@example.org" not in their_form.text
    late = send(browser, page, form_token(my_form))  # A's form, still open beside it
    assert (late.status_code, Registration.objects.count()) == (404, 0)
    assert "Payer" in late.text, "what this very post typed is there to copy"
    browser.get(f"/go/invitation/{link}/")
    registered = send(browser, page, form_token(my_form))
    assert Registration.objects.get().invitation == mine
    again = browser.get(f"/go/invitation/{their_link}/", follow=True)
    assert "person2@example.org" in again.text
    assert "person1@example.org" not in again.text
    second = send(browser, page, form_token(again), your_name="Person 2", email="person2@example.org")
    assert second.url != registered.url
    assert Registration.objects.get(invitation=theirs).name == "Person 2"
    assert "Person 1" not in browser.get(second.url).text


def test_a_form_left_open_still_goes_through_with_ones_own_newer_link(client: Client, invited: Any) -> None:
    page, invitation, link = invited
    token = form_token(client.get(f"/go/invitation/{link}/", follow=True))
    actions.send_link_again(application=invitation.application, by=None)
    newer = Invitation.objects.get(application=invitation.application, revoked_at=None)
    client.cookies[gate.COOKIE] = client.cookies[gate.SENDING_COOKIE] = signing.dumps(newer.pk, salt=gate.SALT)
    assert send(client, page, token).status_code == 302


def test_a_proxy_that_caches_hands_nothing_to_others(invited: Any, settings: Any) -> None:
    settings.MIDDLEWARE = [
        "django.middleware.cache.UpdateCacheMiddleware",
        *settings.MIDDLEWARE,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "proxy"}}
    page, _invitation, link = invited
    browser, stranger = Client(), Client()
    opened = browser.get(f"/go/invitation/{link}/")
    form = browser.get(page.url)
    sent = send(browser, page, form_token(form))
    member = browser.get(sent.url)
    refused = stranger.get(page.url)
    assert [each.status_code for each in (opened, form, sent, member, refused)] == [302, 200, 302, 200, 404]
    for response in (opened, form, sent, member, refused):
        assert response["Cache-Control"] == "no-store, private"
        assert "Cookie" in response["Vary"]
        assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert (stranger.get(page.url).status_code, stranger.get(f"/go/invitation/{link}/").status_code) == (404, 404)
