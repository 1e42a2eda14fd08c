"""After a change of SECRET_KEY, what the old one signed or encrypted works as long as that is a fallback."""

from collections.abc import Callable

import pytest
from config.login import browsers
from config.login.adapters import MFAAdapter
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings
from wagtail.models import Site

from cop_program import clock
from forms_ext.mail import encryption
from forms_ext.registration import queries
from forms_ext.submissions import tokens
from tests.forms_ext.admission.factories import START, accept, make_application, make_registration, open_program
from tests.forms_ext.forms.factories import make_registration_form

pytestmark = pytest.mark.django_db
type Works = Callable[[], bool]


def private_page() -> Works:
    path = queries.member_path(make_registration(open_program()))
    return lambda: Client().get(path).status_code == 200


def invitation_link() -> Works:
    """The link itself is not signed; the cookie that it leaves is."""
    program = open_program()
    Site.objects.update(root_page=program.page.get_parent())
    make_registration_form(program.page)
    _invitation, token = accept(make_application(program))
    client = Client()
    form = client.get(reverse("forms_ext:open_invitation", args=[token])).headers["Location"]
    return lambda: client.get(form).status_code == 200


def open_form() -> Works:
    token = tokens.make(1, 2)
    return lambda: tokens.read(token, 1) is not None


def waiting_email() -> Works:
    locked = encryption.lock({"link": "https://example.org"})
    return lambda: bool(_or_none(lambda: encryption.unlock(locked)))


def second_factor() -> Works:
    locked = MFAAdapter().encrypt("secret")
    return lambda: _or_none(lambda: MFAAdapter().decrypt(locked)) == "secret"


def _or_none(unlock: Callable[[], object]) -> object:
    try:
        return unlock()
    except encryption.SecretsLost:
        return None


def session() -> Works:
    client = Client()
    client.force_login(User.objects.create_user("ada"))
    return lambda: bool(client.get("/").wsgi_request.user.is_authenticated)


def reset_link() -> Works:
    user = User.objects.create_user("ada")
    token = default_token_generator.make_token(user)
    return lambda: default_token_generator.check_token(user, token)


def known_browser() -> Works:
    request = RequestFactory().get("/")
    response = HttpResponse()
    browsers.remember(request, "ada")
    browsers.write(request, response)
    request.COOKIES[browsers.COOKIE] = response.cookies[browsers.COOKIE].value
    return lambda: bool(browsers.known(request, "ada"))


@pytest.mark.parametrize(
    "made",
    [private_page, invitation_link, open_form, waiting_email, second_factor, session, reset_link, known_browser],
)
def test_the_old_key_counts_while_it_is_a_fallback(made: Callable[[], Works], settings: Settings) -> None:
    with clock.at(START):
        works = made()
        assert works()
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", ["another", settings.SECRET_KEY]
        assert works()
        settings.SECRET_KEY_FALLBACKS = []
        assert not works()
