"""The largest body: by URL, for whom, with which message. `tests/site/test_bodies.py` uses a real server."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import ResolverMatch, get_resolver, reverse
from wagtail.models import APIToken

from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base import body_limits
from forms_ext.submissions.models import EmbeddingSite
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms.conftest import (
    form_page,  # noqa: F401
    january,  # noqa: F401
    plain_form,  # noqa: F401
    program,  # noqa: F401
)
from tests.forms_ext.submissions.sending import ANSWERS, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain, pytest.mark.usefixtures("january")]
MB = 1_048_576
MULTIPART = "multipart/form-data; boundary=x"
type MakeForm = Callable[..., FormPage]


def post(client: Client, path: str, length: int, kind: str = MULTIPART) -> Any:
    """Post to `path` what says to be so long: nobody may read it."""
    return client.generic("POST", path, b"", content_type=kind, CONTENT_LENGTH=str(length))


def test_a_form_takes_its_files_and_no_more(plain_form: MakeForm, form_page: Any, settings: Any) -> None:  # noqa: F811
    settings.COP_UPLOAD_MAX_BYTES = 10 * MB
    with_file, without = plain_form().pk, form_page.pk  # the first asks for one
    told = {
        (pk, size): post(Client(), f"/go/{kind}/{pk}/", int(size * MB)).status_code
        for kind in ("form",)
        for pk in (with_file, without)
        for size in (2.4, 3, 20, 23)
    }
    assert [told[with_file, size] for size in (2.4, 3, 20, 23)] == [409, 409, 409, 413]
    assert [told[without, size] for size in (2.4, 3, 20, 23)] == [409, 413, 413, 413]
    address = form_page.get_url()
    assert post(Client(), address, 3 * MB).status_code == 413
    assert post(Client(), "/go/form/99999/", 70_000).status_code == 413


def test_it_is_said_in_words_and_stays_in_the_frame(form_page: ApplicationFormPage) -> None:  # noqa: F811
    EmbeddingSite.objects.create(origin="https://www.example.org")
    shown = post(Client(headers={"accept-language": "en"}), f"/go/form/{form_page.pk}/", 30 * MB)
    assert "You can send at most 2.5" in shown.text.replace("\xa0", " ")
    assert "Nothing was sent." in shown.text
    assert "<h1>This could not be sent</h1>" in shown.text
    framed = post(Client(), f"/go/frame/{form_page.pk}/", 30 * MB)
    assert framed.status_code == 413
    assert "https://www.example.org" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert 'class="cop-body cop-framed"' in framed.text


@pytest.mark.parametrize("kind", ["application/json", MULTIPART])
def test_programs_get_a_problem_document(form_page: ApplicationFormPage, kind: str) -> None:  # noqa: F811
    for path in ("", "files/x/"):
        answer = post(Client(), f"/api/v3/forms/{form_page.pk}/{path}", 30 * MB, kind)
        assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
        assert answer.json()["status"] == 413
        assert "You can send at most" in answer.json()["detail"]


def test_addresses_that_take_nothing_take_little(client: Client) -> None:
    for path in ("/cop/zone/", "/cop/calendar/1.ics", "/go/member/x/", "/go/invitation/x/", "/cop/openapi.json"):
        assert post(client, path, body_limits.SMALL + 1).status_code == 413, path
        assert post(client, path, body_limits.SMALL).status_code != 413, path
    for path in ("/admin/cop/applications/", "/admin/cop/applications/1/", reverse("forms_ext_mail:mail", args=[1])):
        assert post(client, path, body_limits.SMALL + 1).status_code == 413, path


def test_a_private_link_stands_neither_in_the_answer_nor_in_the_log(client: Client, caplog: Any) -> None:
    answer = post(client, "/go/invitation/secret-of-a-link/", 70_000)
    assert answer.status_code == 413
    assert "secret-of-a-link" not in answer.text + caplog.text + str(answer.headers)
    assert "forms_ext:open_invitation" in caplog.text


def test_a_body_without_a_length_is_refused(form_page: ApplicationFormPage) -> None:  # noqa: F811
    answer = Client().generic("POST", f"/go/form/{form_page.pk}/", headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
    assert "Content-Length" in answer.text


def test_other_addresses_are_left_alone_unless_the_site_says_so(settings: Any) -> None:
    paths = ("/admin/images/add/", "/admin/login/", "/nothing/", "/api/v3/images/", "/")
    settings.COP_BODY_MAX_BYTES = 0
    assert all(post(Client(), path, 90 * MB).status_code != 413 for path in paths)
    settings.COP_BODY_MAX_BYTES = MB
    assert all(post(Client(), path, 90 * MB).status_code == 413 for path in paths)
    assert all(post(Client(), path, MB).status_code != 413 for path in paths)


def test_who_is_logged_in_or_has_a_token_may_send_files_to_wagtail(settings: Any) -> None:
    settings.COP_BODY_MAX_BYTES = MB
    user = User.objects.create_superuser("ada", "ada@example.org", "x")
    client = Client()
    client.force_login(user)
    assert post(client, "/admin/images/add/", 90 * MB).status_code != 413
    assert post(client, "/admin/cop/applications/", 2 * MB).status_code != 413
    assert post(client, "/admin/cop/applications/", 3 * MB).status_code == 413
    _made, key = APIToken.create_token(user=user, name="Test")
    assert post(Client(headers={"Authorization": f"Bearer {key}"}), "/api/v3/images/", 90 * MB).status_code != 413
    for wrong in ("Bearer x", "Bearer", "Basic x", "bearer  wagtail_x"):
        assert post(Client(headers={"Authorization": wrong}), "/api/v3/images/", 90 * MB).status_code == 413


def test_too_many_fields_are_answered_in_words_too(
    form_page: ApplicationFormPage,  # noqa: F811
    settings: Any,
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
    answer = Client().post(f"/go/form/{form_page.pk}/", {f"x{number}": "1" for number in range(1500)})
    assert answer.status_code == 413
    assert "Nothing was sent." in answer.text


def test_a_file_that_is_somewhat_too_large_loses_nothing_that_was_typed(
    plain_form: MakeForm,  # noqa: F811
    settings: Any,
) -> None:
    settings.COP_UPLOAD_MAX_BYTES = MB
    settings.COP_FORM_MIN_SECONDS = 0
    page, client = plain_form(), Client()
    token = token_of(client.get(page.url).text)
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7" + b"x" * int(1.5 * MB))
    answer = client.post(f"/go/form/{page.pk}/", ANSWERS | {"_token": token, "paper": paper})
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.text
    assert 'value="Ada Sample"' in answer.text


def test_every_address_of_ours_has_a_limit() -> None:
    """Also future ones: every URL in our namespaces or from our packages."""

    def walk(patterns: Any, names: tuple[str, ...]) -> Any:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, (*names, pattern.namespace or ""))
            else:
                yield pattern, names

    seen = 0
    for pattern, names in walk(get_resolver().url_patterns, ()):
        view = getattr(pattern.callback, "view_class", pattern.callback)
        name = pattern.name or ""
        ours = view.__module__.startswith(("forms_ext.", "cop_program.")) or name.startswith("cop_")
        if not ours:
            continue
        match = ResolverMatch(pattern.callback, (), {}, name, namespaces=[one for one in names if one])
        assert body_limits._is_ours(match) or body_limits._rule(match), (names, name)
        seen += 1
    assert seen > 40
