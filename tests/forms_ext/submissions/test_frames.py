"""A form in a frame of another website: which browsers show it where, and the whole journey without a cookie."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base import groups
from forms_ext.submissions.models import EmbeddingSite, Submission
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import ANSWERS, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("january")]
OTHER = "https://www.example.org"
STEPS = [*factories.APPLICATION[:3], ("step", {"title": "About you"}), *factories.APPLICATION[3:]]
type MakeForm = Callable[..., FormPage]


@pytest.fixture
def allowed() -> EmbeddingSite:
    return EmbeddingSite.objects.create(origin=OTHER)


def path_of(page: Any) -> str:
    return reverse("forms_ext:frame", args=[page.pk])


def ancestors(response: Any) -> list[str]:
    """Return whom the answer lets show it."""
    directives = [part.strip().split() for part in response["Content-Security-Policy"].split(";")]
    (found,) = [words[1:] for words in directives if words and words[0] == "frame-ancestors"]
    return found


def send(client: Client, page: Any, token: str, after: int = 30, **answers: Any) -> Any:
    with clock.at(factories.START + timedelta(seconds=after)):
        return client.post(path_of(page), ANSWERS | {"_token": token} | answers)


def test_listed_web_sites_and_no_others_may_show_it(
    client: Client, plain_form: MakeForm, allowed: EmbeddingSite
) -> None:
    page = plain_form()
    shown = client.get(path_of(page))
    assert shown.status_code == 200
    assert ancestors(shown) == ["'self'", OTHER]
    assert "X-Frame-Options" not in shown, "it knows no list, and would refuse them all"
    assert "script-src 'self'" in shown["Content-Security-Policy"], "the rest of the policy stays"
    allowed.delete()
    refused = client.get(path_of(page))
    assert ancestors(refused) == ["'self'"]
    assert refused["X-Frame-Options"] == "SAMEORIGIN"


def test_nothing_else_of_the_site_may_be_framed(client: Client, plain_form: MakeForm, allowed: EmbeddingSite) -> None:
    page = plain_form()
    for address in (page.url, page.get_parent().url, f"/go/form/{page.pk}/", "/admin/login/"):
        response = client.get(address, follow=True)
        assert ancestors(response) == ["'self'"], address
        assert response["X-Frame-Options"] in ("SAMEORIGIN", "DENY"), address


def test_the_whole_way_stays_in_the_frame_without_a_cookie(
    client: Client, form_page: ApplicationFormPage, allowed: EmbeddingSite
) -> None:
    factories.publish(form_page, [*STEPS, ("file", {"label": "Paper", "required": False})])
    path = path_of(form_page)
    shown = client.get(path)
    assert f'action="{path}"' in shown.text
    assert 'class="cop-site-header"' not in shown.text
    token = token_of(shown.text)

    mend = send(client, form_page, token, email="no", paper=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))
    assert mend.status_code == 422
    assert f'action="{path}"' in mend.text
    assert 'value="Ada Sample"' in mend.text
    kept = mend.text.split('name="paper_kept" value="')[1].split('"')[0]

    check = send(client, form_page, token, paper_kept=kept)
    assert check.status_code == 200
    assert "Check your answers" in check.text
    assert f'action="{path}"' in check.text
    back = send(client, form_page, token, paper_kept=kept, _go="change")
    assert "Uploaded: a.pdf" in back.text

    sent = send(client, form_page, token, paper_kept=kept, _go="send")
    assert sent.status_code == 302
    assert sent["Location"].startswith(f"{path}?receipt=")
    confirmed = client.get(sent["Location"])
    application = Application.objects.get()
    assert application.reference in confirmed.text
    assert application.answers["paper"]["name"] == "a.pdf"
    assert f'href="{path}?again=1"' in confirmed.text
    for answer in (shown, mend, check, back, sent, confirmed):
        assert ancestors(answer) == ["'self'", OTHER]
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
    assert send(client, form_page, token, paper_kept=kept, _go="send")["Location"] == sent["Location"], "once"
    assert Application.objects.count() == 1


def test_a_closed_form_says_so_in_the_frame_and_gives_back_what_was_typed(
    client: Client, form_page: ApplicationFormPage, allowed: EmbeddingSite
) -> None:
    token = token_of(client.get(path_of(form_page)).text)
    late = send(client, form_page, token, after=20 * 24 * 3600)
    assert late.status_code == 409
    assert "Ada Sample" in late.text
    assert 'class="cop-site-header"' not in late.text
    assert ancestors(late) == ["'self'", OTHER]


def test_the_reader_s_zone_travels_with_the_form(client: Client, form_page: ApplicationFormPage) -> None:
    shown = client.get(path_of(form_page))
    assert 'name="_zone"' in shown.text
    mend = send(client, form_page, token_of(shown.text), email="no", _zone="Asia/Tokyo")
    assert 'data-zone="Asia/Tokyo"' in mend.text
    assert not mend.cookies
    chosen = send(client, form_page, token_of(shown.text), _go="zone", _zone="Asia/Tokyo")
    assert "in your time" in chosen.text
    assert not chosen.cookies


def test_what_may_not_be_shown_is_not_and_says_why(
    client: Client, program: Program, plain_form: MakeForm, allowed: EmbeddingSite
) -> None:
    registration = factories.make_registration_form(program.page)
    refused = client.get(path_of(registration))
    assert refused.status_code == 404
    assert "This form cannot be shown here" in refused.text
    assert registration.url not in refused.text
    assert ancestors(refused) == ["'self'", OTHER], "the words are to be read"
    page = plain_form()
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="x")
    private = client.get(path_of(page))
    assert private.status_code == 404
    assert "<form" not in private.text
    assert f'href="/go/form/{page.pk}/"' in private.text
    assert page.url not in private.text
    assert send(client, page, "x").status_code == 404
    page.unpublish()
    assert client.get(path_of(page)).status_code == 404
    assert client.get(path_of(program.page)).status_code == 404
    assert not Submission.objects.exists()


def test_the_script_for_other_sites_stays_at_its_address(client: Client) -> None:
    response = client.get("/go/embed.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"copForm" in response.content


# --- The admin -------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client) -> Client:
    groups.create_groups()
    user = User.objects.create_user("edith", password="x")
    user.groups.add(Group.objects.get(name=groups.EDITORS))
    client.force_login(user)
    return client


def test_an_editor_lists_a_web_site_and_gets_the_code(editor: Client, plain_form: MakeForm) -> None:
    page = plain_form("Letters & “news”")
    add = reverse("wagtailsnippets_forms_ext_embeddingsite:add")
    wrong = editor.post(add, {"origin": "http://www.example.org/a", "note": ""})
    assert "Enter http://www.example.org only." in wrong.context["form"].errors["origin"][0]
    assert editor.post(add, {"origin": f"{OTHER}/", "note": "Friends"}).status_code == 302
    overview = editor.get(reverse("cop_embedding:index")).text
    assert OTHER in overview
    assert "Letters &amp; “news”" in overview
    shown = editor.get(reverse("cop_embedding:code", args=[page.pk]))
    code = shown.context["code"]
    assert f'src="http://localhost{path_of(page)}" title="Letters &amp; “news” - Programs"' in code
    assert 'src="http://localhost/go/embed.js"' in code
    assert "&lt;iframe" in shown.text
    assert OTHER in shown.text
    listing = editor.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk])).text
    assert reverse("cop_embedding:code", args=[page.pk]) in listing


def test_the_overview_takes_the_same_queries_for_any_number_of_forms(
    editor: Client, program: Program, plain_form: MakeForm, django_assert_max_num_queries: Any
) -> None:
    plain_form("One")
    address = reverse("cop_embedding:index")
    editor.get(address)
    with django_assert_max_num_queries(40) as first:
        editor.get(address)
    for title in ("Two", "Three", "Four"):
        plain_form(title)
    with django_assert_max_num_queries(len(first)):
        assert "Four" in editor.get(address).text


def test_forms_that_may_not_be_embedded_have_no_code(
    editor: Client, program: Program, form_page: ApplicationFormPage
) -> None:
    registration = factories.make_registration_form(program.page)
    for page in (registration, program.page):
        assert editor.get(reverse("cop_embedding:code", args=[page.pk])).status_code == 404
    overview = editor.get(reverse("cop_embedding:index")).text
    assert reverse("cop_embedding:code", args=[form_page.pk]) in overview
    assert reverse("cop_embedding:code", args=[registration.pk]) not in overview


def test_whoever_may_not_keep_the_list_sees_none_of_it(client: Client, plain_form: MakeForm) -> None:
    groups.create_groups()
    user = User.objects.create_user("rita", password="x")
    user.groups.add(Group.objects.get(name=groups.REVIEWERS))
    client.force_login(user)
    page = plain_form()
    assert client.get(reverse("cop_embedding:index")).status_code == 302
    assert client.get(reverse("cop_embedding:code", args=[page.pk])).status_code == 302
    assert "Embedded forms" not in client.get(reverse("wagtailadmin_home")).text
