"""There is one log-in, and no way around it."""

from collections.abc import Iterator
from typing import Any

import pytest
from config.login import second_factor
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import APIToken, ModelLogEntry, Page, PageViewRestriction

from forms_ext.base import groups

from .people import HOME, PASSWORD, attempt, code, factors, is_in, person

pytestmark = pytest.mark.django_db

OTHERS = ["/admin/login/", "/django-admin/login/", "/_util/login/", "/de/_util/login/"]
CLOSED = [
    *("/account/signup/", "/account/email/", "/account/confirm-email/", "/account/password/set/", "/accounts/login/"),
    *("/account/social/", "/account/two-factor/trust/", "/account/login/code/confirm/", "/account/3rdparty/"),
]


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("path", OTHERS)
def test_another_log_in_leads_to_ours(path: str) -> None:
    assert Client().get(path).url == "/account/login/"
    assert Client().get(path + "?next=/admin/pages/").url == "/account/login/?next=%2Fadmin%2Fpages%2F"


@pytest.mark.parametrize("path", OTHERS)
def test_what_is_posted_to_another_log_in_is_checked_like_there(path: str, required: None) -> None:
    person(app=True)
    client = Client()
    assert attempt(client, to=path).url == "/account/login/code/"
    assert SESSION_KEY not in client.session
    assert [attempt(Client(), "wrong", to=path).status_code for _ in range(6)] == [200] * 5 + [429]
    assert attempt(Client()).status_code == 429, "counted where it counts for all"


@pytest.mark.parametrize("path", ["", "done/", "complete/", "confirm/MQ/set-password/", "confirm/MQ/abc-def/"])
def test_wagtail_s_reset_leads_to_ours(path: str) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/admin/password_reset/{path}", {"email": "stella@example.org"})
        assert answer.url == "/account/password/"


@pytest.mark.parametrize("path", CLOSED)
def test_nobody_signs_up_and_the_rest_of_allauth_is_not_there(path: str) -> None:
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_all_views_of_log_in_are_ours() -> None:
    """Wagtail's and Django's own stand below a line that comes first; a new one has to be looked at."""
    found = {route for route in routes(get_resolver().url_patterns) if "login" in route or "password" in route}
    assert {route for route in found if not route.startswith("account/")} == {
        "admin/login/",
        "django-admin/login/",
        "^admin/password_reset/",
        *(f"admin/password_reset/{end}" for end in ("", "done/", "confirm/<uidb64>/<token>/", "complete/")),
        "django-admin/password_change/",
        "django-admin/password_change/done/",
        "django-admin/auth/user/<id>/password/",
        "documents/authenticate_with_password/<int:restriction_id>/",
        "_util/login/",
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
    }


ROLES: list[tuple[str, dict[str, Any], bool]] = [
    *((name, {}, True) for name in groups.PERMISSIONS),
    ("", {"is_superuser": True}, True),
    ("", {"is_staff": True}, True),
    ("Editors", {}, True),
    ("", {}, False),
]


@pytest.mark.parametrize(("role", "fields", "expected"), ROLES)
def test_who_needs_a_second_factor(role: str, fields: dict[str, Any], expected: bool) -> None:
    assert second_factor.needs_one(person(role=role, **fields)) is expected


GUARDED = [
    *("/admin/", "/admin/pages/", "/admin/cop/applications/", "/admin/account/", "/admin/users/", "/admin/reports/"),
    *("/admin/api/main/pages/", "/admin/jsi18n/x/", "/django-admin/", "/django-admin/auth/user/", "/admin/logout/"),
    *("/django-admin/password_change/", "/admin/users/new/", "/admin/styleguide/", "/admin/documents/"),
]


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("way", ["password", "session"])
def test_without_a_second_factor_nothing_of_the_admins_is_open(path: str, way: str, required: None) -> None:
    user = person(is_superuser=True, is_staff=True)
    client = Client()
    if way == "session":
        client.force_login(user)
    else:
        attempt(client)
    for method in ("get", "post", "put", "delete"):
        answer = getattr(client, method)(path)
        assert answer.status_code in (302, 401, 403, 404, 405), (method, answer.status_code)
        if answer.status_code == 302:
            assert answer.url.startswith(("/account/login/", "/admin/login/", "/django-admin/login/")), answer.url
    client.get(path, headers={"x-requested-with": "XMLHttpRequest"})
    assert not APIToken.objects.exists()


def test_the_log_in_leads_to_the_set_up_and_on_to_where_one_wanted_to_go(required: None) -> None:
    person()
    client = Client()
    wanted = client.get("/admin/pages/").url
    assert wanted == "/account/login/?next=/admin/pages/"
    answer = client.post("/account/login/", {"username": "stella", "password": PASSWORD, "next": "/admin/pages/"})
    assert answer.url == "/admin/pages/"
    answer = client.get(answer.url)
    assert answer.url == wanted
    assert client.get(answer.url).url == "/account/two-factor/"
    page = client.get("/account/two-factor/").content.decode()
    assert "Set one up to continue" in page
    assert "Log out" in page


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(url: str, required: None) -> None:
    person()
    client = Client()
    answer = client.post("/account/login/", {"username": "stella", "password": PASSWORD, "next": url})
    assert answer.url == "/admin/"
    client.get("/account/login/", {"next": url})
    assert "evil.example" not in client.get("/account/two-factor/").content.decode()
    assert "javascript:" not in client.get("/account/two-factor/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_with_an_app_the_admin_is_open(required: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person()
    client = Client()
    attempt(client)
    page = client.get("/account/two-factor/app/").content.decode()
    from allauth.mfa.totp.internal import auth

    monkeypatch.setattr(auth, "get_totp_secret", lambda regenerate=False: "JBSWY3DPEHPK3PXP")
    assert 'src="data:image/svg+xml;base64,' in page
    assert client.post("/account/two-factor/app/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    answer = client.post("/account/two-factor/app/", {"code": code()})
    assert answer.url == "/account/two-factor/codes/"
    assert factors(user) == {"totp", "recovery_codes"}
    codes = client.get(answer.url).context["unused_codes"]
    assert len(codes) == 10
    assert is_in(client)
    stored = str(list(user.authenticator_set.values_list("data", flat=True)))
    assert "JBSWY3DPEHPK3PXP" not in stored
    other = Client()
    attempt(other)
    other.post("/account/login/code/", {"code": codes[0]}, REMOTE_ADDR=HOME)
    assert is_in(other)
    again = Client()
    attempt(again)
    assert again.post("/account/login/code/", {"code": codes[0]}, REMOTE_ADDR=HOME).status_code == 200


def logged_in(user: User) -> Client:
    client = Client()
    attempt(client, name=user.username)
    assert client.post("/account/login/code/", {"code": code()}, REMOTE_ADDR=HOME).status_code == 302
    return client


def test_a_session_from_elsewhere_does_not_remove_the_second_factor(required: None) -> None:
    user = person(app=True)
    client = Client()
    client.force_login(user)
    assert client.post("/account/two-factor/app/remove/").url.startswith("/account/login/")
    assert factors(user) == {"totp"}
    assert SESSION_KEY not in client.session


def test_an_old_session_confirms_before_it_changes_anything(required: None) -> None:
    user = person(app=True)
    client = logged_in(user)
    session = client.session
    session[second_factor.AT] -= second_factor.RECENT_SECONDS + 1
    session.save()
    answer = client.post("/account/two-factor/app/remove/")
    assert answer.url.startswith("/account/confirm/?next=")
    for _ in range(5):
        assert client.post(answer.url, {"password": "wrong"}).status_code == 200
    assert client.post(answer.url, {"password": "wrong"}).status_code == 429
    assert factors(user) == {"totp"}


@pytest.mark.parametrize("way", ["command", "rows"])
def test_an_administrator_resets_the_second_factor_and_its_sessions_end(way: str, required: None) -> None:
    user = person(app=True)
    client = logged_in(user)
    assert is_in(client)
    if way == "command":
        call_command("reset_second_factor", "stella")
    else:
        user.authenticator_set.all().delete()
    assert not is_in(client)
    fresh = Client()
    assert attempt(fresh).url == "/admin/"
    assert fresh.get("/account/login/").url == "/account/two-factor/"
    with pytest.raises(CommandError, match="There is no user"):
        call_command("reset_second_factor", "nobody")


def test_a_demo_asks_for_nothing_but_whoever_has_a_second_factor_shows_it() -> None:
    person()
    client = Client()
    assert attempt(client).url == "/admin/"
    assert is_in(client)
    person("ravi", app=True)
    assert attempt(Client(), name="ravi").url == "/account/login/code/"


def test_members_without_a_role_log_in_by_password(required: None) -> None:
    person(role="")
    client = Client()
    assert attempt(client).url == "/"
    assert client.get("/").wsgi_request.user.is_authenticated
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/account/login/?next=/admin/"
    assert "Your account does not have access" in page.content.decode()


@pytest.mark.parametrize("url", ["/", "/de/"])
def test_private_pages_lead_to_the_log_in_and_back(url: str, required: None) -> None:
    page = Page.objects.get(depth=2)
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    person(role="")
    staff = person("ravi")
    client = Client()
    answer = client.get("/")
    assert answer.url == "/account/login/?next=/"
    assert client.post(answer.url, {"username": "stella", "password": PASSWORD, "next": "/"}).url == "/"
    assert client.get("/").status_code == 200
    other = Client()
    other.force_login(staff)
    assert other.get("/").url == "/account/login/?next=/", "a role without its second factor opens nothing"


def test_one_can_log_in_as_another_with_a_second_factor(required: None) -> None:
    person(role="")
    ravi = person("ravi", app=True)
    client = Client()
    attempt(client)
    assert attempt(client, name="ravi").url == "/account/login/code/"
    client.post("/account/login/code/", {"code": code()}, REMOTE_ADDR=HOME)
    assert client.session[SESSION_KEY] == str(ravi.pk)
    assert is_in(client)


@pytest.mark.parametrize("path", ["/api/v2/pages/", "/api/v3/pages/", "/api/v3/whoami/", "/admin/api/main/pages/"])
def test_passwords_cannot_be_tried_at_the_api(path: str, required: None) -> None:
    import base64

    person(is_superuser=True)
    answers = set()
    for password in (PASSWORD, "wrong"):
        token = base64.b64encode(f"stella:{password}".encode()).decode()
        answer = Client().get(path, headers={"authorization": f"Basic {token}"})
        answers.add((answer.status_code, answer.content))
    assert len(answers) == 1


def test_django_s_admin_shows_no_secrets(required: None) -> None:
    user = person(app=True, is_superuser=True, is_staff=True)
    client = logged_in(user)
    assert client.get("/django-admin/").status_code == 200
    assert client.get("/django-admin/mfa/authenticator/").status_code == 404
    assert client.get("/django-admin/account/emailaddress/").status_code == 404


def test_asking_for_the_second_factor_costs_a_query_and_visitors_none(required: None, settings: Any) -> None:
    client, costs = logged_in(person(app=True)), []
    for visitor in (client, Client()):
        visitor.get("/admin/account/")
        for is_required in (True, False):
            settings.SECOND_FACTOR_REQUIRED = is_required
            with CaptureQueriesContext(connection) as asked:
                visitor.get("/admin/account/")
            costs.append(len(asked))
    assert costs[0] == costs[1] + 1
    assert costs[2] == costs[3]


def test_an_administrator_resets_it_in_the_admin(required: None) -> None:
    admin = logged_in(person("admin", is_superuser=True, app=True))
    stella = person(app=True)
    assert f"/admin/users/{stella.pk}/second-factor/" in admin.get("/admin/users/").content.decode()
    page = admin.get(f"/admin/users/{stella.pk}/second-factor/").content.decode()
    assert "Reset second factor" in page
    assert "stella" in page
    assert factors(stella) == {"totp"}
    assert admin.post(f"/admin/users/{stella.pk}/second-factor/").url == "/admin/users/"
    assert factors(stella) == set()
    entry = ModelLogEntry.objects.get(action="config_login.reset_second_factor")
    assert entry.object_id == str(stella.pk)
    page = admin.get("/admin/account/")
    assert "Manage your passkeys" in page.content.decode()
    panels = [panel for panels in page.context["panels_by_tab"].values() for panel in panels]
    fields = [field for panel in panels for field in panel.get_form()]
    data = {field.html_name: field.value() or "" for field in fields} | {"name_email-first_name": "Ada"}
    admin.post("/admin/account/", data | {"name_email-last_name": "Byron"})
    assert User.objects.get(username="admin").first_name == "Ada", "the page of one's own account still saves"


@pytest.mark.parametrize("target", ["stella", "boss"])
def test_staff_reset_nobody_and_who_manages_users_no_superuser(target: str) -> None:
    people = {"stella": person(app=True), "boss": person("boss", is_superuser=True, app=True)}
    ravi, manager = person("ravi"), person("manager")
    manager.user_permissions.add(Permission.objects.get(codename="change_user"))
    for by, may in ((ravi, False), (manager, target == "stella")):
        client = Client()
        client.force_login(by)
        client.post(f"/admin/users/{people[target].pk}/second-factor/")
        assert (factors(people[target]) == set()) is may
