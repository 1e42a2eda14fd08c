"""Answers to forms that belong to no program: listed, read, deleted; and files of every kind of answers."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.forms.utils import get_forms_for_user
from wagtail.models import ModelLogEntry

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.base import private_files
from forms_ext.submissions import actions
from forms_ext.submissions.cleaned import CleanSubmission
from forms_ext.submissions.models import Submission, Upload
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.admin_fixtures import START
from tests.forms_ext.forms.factories import make_application_form, publish

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

INDEX = "/admin/cop/submissions/"
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("text", {"label": "Your name", "required": True, "role": "name"}),
    ("long_text", {"label": "Message", "required": False}),
    ("file", {"label": "Paper", "required": False}),
]


def make_form(program: Program, title: str = "Newsletter") -> FormPage:
    page = FormPage(title=title, slug=title.lower(), live=False)
    program.page.get_parent().add_child(instance=page)
    return publish(page, QUESTIONS)  # type: ignore[return-value]


def send(page: FormPage, name: str, **answers: Any) -> Submission:
    version = page.current_version()
    assert version
    given = {"your_name": name, **answers}
    receipt = actions.submit(page=page, submission=CleanSubmission(version, given, {"name": name}))
    return Submission.objects.get(reference=receipt.reference)


def text(response: Any) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def form_page(program: Program) -> FormPage:
    return make_form(program)


# --- The register ----------------------------------------------------------------------------------


def test_staff_find_answers_by_words_form_and_day(staff: Client, program: Program, form_page: FormPage) -> None:
    other = make_form(program, "Feedback")
    send(form_page, "Ada Sample", message="I liked the *Größe* of it")
    with clock.at(START + timedelta(days=3)):
        send(other, "Bo Other")
    page = text(staff.get(INDEX))
    assert "Ada Sample" in page
    assert "Bo Other" in page
    assert "Newsletter (1)" in page
    assert "Feedback (1)" in page
    found = text(staff.get(INDEX, {"q": "Größe"}))
    assert "Ada Sample" in found
    assert "Bo Other" not in found
    assert "Ada Sample" not in text(staff.get(INDEX, {"page": other.pk}))
    day = (START + timedelta(days=3)).date().isoformat()
    late = text(staff.get(INDEX, {"submitted_at_from": day}))
    assert "Ada Sample" not in late
    assert "Bo Other" in late
    assert "Newsletter (1)" not in late, "counts follow the days"
    for nonsense in ({"submitted_at_from": "x"}, {"page": "x"}):
        assert staff.get(INDEX, nonsense).status_code == 200


def test_more_answers_ask_no_more_queries(staff: Client, program: Program, form_page: FormPage) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert staff.get(INDEX).status_code == 200
        return len(asked)

    send(form_page, "First")
    queries()
    one = queries()
    for number in range(6):
        send(make_form(program, f"Form{number}"), f"Person {number}")
    assert queries() == one


def test_one_submission_is_read_and_deleted_for_good(
    staff: Client, form_page: FormPage, make_upload: Callable[..., Upload], django_capture_on_commit_callbacks: Any
) -> None:
    upload = make_upload(form_page.pk)
    sent = send(form_page, "Ada Sample", paper={"upload": upload.token, "name": "my_paper.pdf"})
    page = text(staff.get(f"{INDEX}{sent.pk}/"))
    assert "Ada Sample" in page
    assert f'href="{INDEX}{sent.pk}/files/paper/"' in page
    question = text(staff.get(f"{INDEX}{sent.pk}/delete/"))
    assert "Deletes the files" in question
    assert Submission.objects.exists(), "asking deletes nothing"
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff.post(f"{INDEX}{sent.pk}/delete/")
    assert answer["Location"] == INDEX
    assert not Submission.objects.exists()
    assert not Upload.objects.exists()
    assert not private_files.exists(upload.storage_path)
    entry = ModelLogEntry.objects.get(action="forms_ext.submissions.delete")
    assert (entry.label, entry.user.username) == (sent.reference, "staff")
    assert "Ada" not in str(entry.data)


def test_who_may_read_but_not_delete_is_not_asked_to(client_of: Callable[[str], Client], form_page: FormPage) -> None:
    sent = send(form_page, "Ada Sample")
    client = client_of("reviewer")
    User.objects.get(username="reviewer").user_permissions.add(Permission.objects.get(codename="view_submission"))
    assert "Delete answers" not in text(client.get(f"{INDEX}{sent.pk}/"))
    assert client.post(f"{INDEX}{sent.pk}/delete/").status_code == 302
    assert Submission.objects.exists()


# --- Wagtail's own Forms menu ----------------------------------------------------------------------


def test_wagtails_forms_menu_shows_an_editor_no_answers(
    client_of: Callable[[str], Client], program: Program, form_page: FormPage
) -> None:
    sent = send(form_page, "Ada Sample")
    application_form = make_application_form(program.page)
    editor = client_of("editor")
    assert not get_forms_for_user(User.objects.get(username="editor")).exists()
    assert "/admin/forms/" not in editor.get("/admin/").content.decode()
    for page in (form_page, application_form):
        assert "Ada Sample" not in editor.get(f"/admin/forms/submissions/{page.pk}/", follow=True).content.decode()
        editor.post(f"/admin/forms/submissions/{page.pk}/delete/?selected-submissions={sent.pk}")
    assert Submission.objects.exists()


def test_wagtails_forms_menu_leads_who_may_to_our_register_and_deletes_nothing(
    client_of: Callable[[str], Client], program: Program, form_page: FormPage
) -> None:
    sent = send(form_page, "Ada Sample")
    application_form = make_application_form(program.page)
    administrator = client_of("administrator")
    menu = text(administrator.get("/admin/forms/"))
    assert "Newsletter" in menu
    assert f"/admin/forms/submissions/{application_form.pk}/" not in menu
    assert administrator.get(f"/admin/forms/submissions/{form_page.pk}/")["Location"] == f"{INDEX}?page={form_page.pk}"
    assert administrator.get(f"/admin/forms/submissions/{application_form.pk}/")["Location"] == "/admin/"
    administrator.post(f"/admin/forms/submissions/{form_page.pk}/delete/?selected-submissions={sent.pk}")
    assert Submission.objects.exists(), "Wagtail's own delete button passes by our history and the files"


# --- Files among answers ---------------------------------------------------------------------------


def test_a_reviewer_downloads_a_file_of_an_application_and_history_says_so(
    reviewer: Client, make_application: Callable[..., Application], make_upload: Callable[..., Upload]
) -> None:
    upload = make_upload()
    application = make_application(answers={"paper": {"upload": upload.token, "name": upload.file_name}})
    other = make_application()
    address = f"/admin/cop/applications/{application.pk}/files/paper/"
    assert f'href="{address}"' in text(reviewer.get(f"/admin/cop/applications/{application.pk}/"))
    answer = reviewer.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 my paper"
    assert answer["Content-Disposition"] == 'attachment; filename="my_paper.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    entry = ModelLogEntry.objects.get(action="forms_ext.submissions.download")
    assert (entry.label, entry.user.username, entry.data) == (application.reference, "reviewer", {"question": "paper"})
    assert "File downloaded" in text(reviewer.get(f"/admin/cop/applications/{application.pk}/"))
    for wrong in (f"{other.pk}/files/paper/", f"{application.pk}/files/hopes/", f"{application.pk}/files/..%2f/"):
        assert reviewer.get(f"/admin/cop/applications/{wrong}").status_code == 404


def test_a_file_that_the_storage_lost_is_a_404(
    reviewer: Client, make_application: Callable[..., Application], make_upload: Callable[..., Upload]
) -> None:
    upload = make_upload()
    application = make_application(answers={"paper": {"upload": upload.token, "name": upload.file_name}})
    private_files.delete(upload.storage_path)
    assert reviewer.get(f"/admin/cop/applications/{application.pk}/files/paper/").status_code == 404
    assert not ModelLogEntry.objects.filter(action="forms_ext.submissions.download").exists()


def test_no_address_of_the_public_site_serves_an_upload(client: Client, make_upload: Callable[..., Upload]) -> None:
    upload = make_upload()
    for address in (f"/media/{upload.storage_path}", f"/{upload.storage_path}", f"/go/upload/{upload.token}/"):
        assert client.get(address).status_code == 404
