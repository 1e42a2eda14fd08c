"""Attacks on the gate: every wrong link and cookie meets the same answer, and looking uses nothing up."""

import secrets
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forms_ext.admission import actions
from forms_ext.registration import gate
from forms_ext.registration.models import Registration

from ..admission import factories
from .test_form_page import form_token, invited, send

__all__ = ["invited"]
pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def visit(link: str) -> tuple[Any, int]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = Client().get(f"/go/invitation/{link}/")
    return response, len(queries)


def test_every_wrong_link_gets_the_same_answer_by_the_same_number_of_queries(invited: Any) -> None:
    page, invitation, link = invited
    used_client = Client()
    program = invitation.application.program
    revoked, revoked_link = factories.accept(factories.make_application(program, 2))
    actions.revoke_link(application=revoked.application, by=None)
    replaced, replaced_link = factories.accept(factories.make_application(program, 3))
    actions.send_link_again(application=replaced.application, by=None)
    altered = ("A" if link[0] != "A" else "B") + link[1:]
    wrong = [
        secrets.token_urlsafe(32),
        link[:-1],
        link + "x",
        altered,
        link.swapcase(),
        revoked_link,
        replaced_link,
        "é",
    ]
    assert (
        send(used_client, page, form_token(used_client.get(f"/go/invitation/{link}/", follow=True))).status_code == 302
    )
    visit(secrets.token_urlsafe(32))  # caches
    seen = [visit(each) for each in [*wrong, link]]
    assert {response.status_code for response, _count in seen} == {404}
    assert {response["Cache-Control"] for response, _count in seen} == {"no-store, private"}
    assert len({response.content for response, _count in seen}) == 1
    assert len({count for _response, count in seen[:6]}) == 1  # unknown, cut, altered, revoked; not yet the others
    assert not any(response.cookies for response, _count in seen)


def test_scanners_use_nothing_up(client: Client, invited: Any) -> None:
    page, invitation, link = invited
    for _ in range(3):
        assert Client().head(f"/go/invitation/{link}/").status_code == 302
        assert Client().get(f"/go/invitation/{link}/", follow=True).status_code == 200
    assert Client().post(f"/go/invitation/{link}/").status_code == 405
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
