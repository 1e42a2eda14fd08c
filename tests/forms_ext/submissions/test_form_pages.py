"""A public form: shown, sent, and shown again with everything in it, whatever happens in between."""

import re
from io import BytesIO
from typing import Any

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base import private_files
from forms_ext.forms import question_types
from forms_ext.forms.models import FormVersion
from forms_ext.mail.models import OutgoingMail
from forms_ext.submissions.admin import files
from forms_ext.submissions.models import Upload
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import ANSWERS, opened, send, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain, pytest.mark.usefixtures("january")]


def test_a_sent_form_is_stored_confirmed_and_mailed(client: Client, form_page: ApplicationFormPage) -> None:
    response = send(client, form_page, opened(client, form_page))
    assert response.status_code == 302
    assert "ada" not in response.url.lower()
    application = Application.objects.get()
    assert (application.name, application.email, application.reference) == (
        "Ada Sample",
        "ada@example.org",
        "A-2024-0001",
    )
    assert application.answers["hopes"] == ANSWERS["hopes"]
    assert "A-2024-0001" in client.get(response.url).text


def test_the_confirmation_repeats_no_free_text(client: Client, form_page: ApplicationFormPage) -> None:
    send(client, form_page, opened(client, form_page))
    message = OutgoingMail.objects.get()
    assert "alone" not in message.text + message.html
    assert message.recipient == "ada@example.org"
    assert message.subject.startswith("Application A-2024-0001 received")


def test_a_double_click_makes_one_application(client: Client, form_page: ApplicationFormPage) -> None:
    token = opened(client, form_page)
    first, second = send(client, form_page, token), send(client, form_page, token)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Application.objects.count() == 1


def test_errors_stand_at_their_fields_and_nothing_is_lost(client: Client, form_page: ApplicationFormPage) -> None:
    response = send(client, form_page, opened(client, form_page), email="ada@")
    assert response.status_code == 422
    assert 'href="#id_email"' in response.text
    assert 'value="Ada Sample"' in response.text
    assert "Less &lt;b&gt;alone" in response.text


@pytest.mark.parametrize("token", ["", "nonsense", None])
def test_a_wrong_token_shows_the_form_again_with_everything(
    client: Client, form_page: ApplicationFormPage, token: str | None
) -> None:
    response = send(client, form_page, token or "")
    assert response.status_code == 409
    assert 'value="Ada Sample"' in response.text
    assert not Application.objects.exists()
    assert send(client, form_page, token_of(response.text)).status_code == 409  # at once: too hasty
    assert send(client, form_page, token_of(response.text), after=60).status_code == 302


def test_a_stale_token_shows_the_form_again(client: Client, form_page: ApplicationFormPage) -> None:
    response = send(client, form_page, opened(client, form_page), after=5 * 3600)
    assert response.status_code == 409
    assert 'value="Ada Sample"' in response.text


def test_a_form_that_closed_meanwhile_keeps_what_was_typed(client: Client, form_page: ApplicationFormPage) -> None:
    token = opened(client, form_page)
    response = send(client, form_page, token, after=20 * 86400)
    assert response.status_code == 409
    assert "Ada Sample" in response.text
    assert not Application.objects.exists()


def test_a_version_published_meanwhile_keeps_the_answers(client: Client, form_page: ApplicationFormPage) -> None:
    token = opened(client, form_page)
    first = form_page.current_version()
    raw = form_page.questions.get_prep_value()
    raw[0]["value"]["label"] = "Full name"
    form_page.questions = form_page.questions.stream_block.to_python(raw)
    form_page = factories.publish(form_page)  # type: ignore[assignment]
    second = form_page.current_version()
    assert first
    assert second
    assert second.number == 2
    assert [q["key"] for q in second.definition["questions"]] == [q["key"] for q in first.definition["questions"]]
    response = send(client, form_page, token)
    assert response.status_code == 409
    assert "Full name" in response.text
    assert 'value="Ada Sample"' in response.text


def test_publishing_unchanged_questions_makes_no_version(form_page: ApplicationFormPage) -> None:
    factories.publish(form_page)
    assert FormVersion.objects.count() == 1


def test_the_trap_stores_nothing(client: Client, form_page: ApplicationFormPage) -> None:
    assert send(client, form_page, opened(client, form_page), fax_number="1").status_code == 409
    assert not Application.objects.exists()


def test_too_many_posts_get_a_clear_429(client: Client, form_page: ApplicationFormPage, settings: Any) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = 1
    assert send(client, form_page, opened(client, form_page)).status_code == 302
    other = Client()
    response = send(other, form_page, opened(other, form_page))
    assert response.status_code == 429
    assert 'value="Ada Sample"' in response.text


def test_one_recipient_is_not_flooded_and_nobody_is_kept_from_applying(
    client: Client, form_page: ApplicationFormPage, settings: Any
) -> None:
    settings.COP_RATE_LIMIT_RECIPIENT = 1
    first, second = (send(one, form_page, opened(one, form_page)) for one in (client, Client()))
    assert (first.status_code, second.status_code) == (302, 302)
    assert "A confirmation email is on its way" in client.get(first["Location"]).text
    told = client.get(second["Location"]).text
    assert "we are not sending a confirmation email this time" in told
    assert "is on its way" not in told
    assert Application.objects.count() == 2
    assert OutgoingMail.objects.count() == 1


def test_a_photo_of_a_phone_is_kept_as_jpeg(client: Client, form_page: ApplicationFormPage) -> None:
    form_page = factories.publish(form_page, [*factories.APPLICATION, ("file", {"label": "Paper", "help": "Sign it."})])  # type: ignore[assignment]
    shown = client.get(form_page.url).text
    assert "Sign it. A PDF, an image (JPEG, PNG, WebP, HEIC) or a text document (DOCX, ODT), up to 10 MB." in shown
    assert 'accept="application/pdf,image/jpeg,' in shown
    photo = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (5000, 40), "red")).save(photo)
    taken = send(client, form_page, token_of(shown), paper=SimpleUploadedFile("IMG_1.HEIC", photo.getvalue()))
    assert taken.status_code == 302
    upload = Upload.objects.get()
    assert (upload.file_name, upload.content_type) == ("IMG_1.jpg", "image/jpeg")
    with private_files.open(upload.storage_path) as kept, Image.open(kept) as image:
        assert (image.format, image.size[0]) == ("JPEG", 4096)
    broken = photo.getvalue()[:60] + b"x" * 400
    again = send(client, form_page, opened(Client(), form_page), after=90, paper=SimpleUploadedFile("a.heic", broken))
    assert again.status_code == 422
    assert "This photo cannot be read. Send it as JPEG." in again.text
    assert "<title>Error: Apply" in again.text


def test_a_kept_file_answers_no_other_question(client: Client, form_page: ApplicationFormPage) -> None:
    papers = [("file", {"label": label, "required": True}) for label in ("Paper", "Photo")]
    form_page = factories.publish(form_page, [*factories.APPLICATION, *papers])  # type: ignore[assignment]
    pdf = SimpleUploadedFile("paper.pdf", b"%PDF-1.7 text")
    response = send(client, form_page, opened(client, form_page), paper=pdf)
    assert response.status_code == 422
    kept = re.search(r'name="paper_kept" value="([^"]+)"', response.text)
    assert kept
    answer = send(client, form_page, token_of(response.text), after=90, paper_kept=kept[1], photo_kept=kept[1])
    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_an_accepted_file_stays_while_other_answers_are_mended(client: Client, form_page: ApplicationFormPage) -> None:
    questions = [*factories.APPLICATION, ("file", {"label": "Paper", "required": True})]
    form_page = factories.publish(form_page, questions)  # type: ignore[assignment]
    pdf = SimpleUploadedFile("../../a paper.pdf", b"%PDF-1.7 text")
    response = send(client, form_page, opened(client, form_page), email="no", paper=pdf)
    assert response.status_code == 422
    kept = re.search(r'name="paper_kept" value="([^"]+)"', response.text)
    assert kept
    assert send(client, form_page, token_of(response.text), after=90, paper_kept=kept[1]).status_code == 302
    upload = Upload.objects.get()
    assert upload.claimed_at
    assert upload.file_name == "a_paper.pdf"
    assert Application.objects.get().answers["paper"]["upload"] == upload.token


@pytest.mark.parametrize(
    ("name", "content"), [("x.pdf", b"<html><script>1</script>"), ("x.pdf", b"MZ\x90\x00"), ("x.png", b"")]
)
def test_a_file_is_taken_by_its_content_only(
    client: Client, form_page: ApplicationFormPage, name: str, content: bytes
) -> None:
    form_page = factories.publish(form_page, [*factories.APPLICATION, ("file", {"label": "Paper"})])  # type: ignore[assignment]
    response = send(client, form_page, opened(client, form_page), paper=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["x.html", "jpg.html", ".htaccess", "x.pdf.exe", "x\u202efdp.exe", "CON"])
def test_a_file_is_called_by_its_content_everywhere(client: Client, form_page: ApplicationFormPage, name: str) -> None:
    form_page = factories.publish(form_page, [*factories.APPLICATION, ("file", {"label": "Paper"})])  # type: ignore[assignment]
    page = b"%PDF-1.4<html><script>alert(1)</script>"
    paper = SimpleUploadedFile("x.pdf", page, content_type="text/html")
    paper._name = name  # as it comes from a client that is no browser
    assert send(client, form_page, opened(client, form_page), paper=paper).status_code == 302
    by_api = Client().post(f"/api/v3/forms/{form_page.pk}/files/paper/", {"file": SimpleUploadedFile(name, page)})
    upload = Upload.objects.get(claimed_at__isnull=False)
    answer = files.response(upload)
    names = {upload.file_name, Application.objects.get().answers["paper"]["name"], by_api.json()["name"]}
    [safe] = names
    assert re.fullmatch(r"[\w-]+\.pdf", safe)
    assert answer["Content-Disposition"] == f'attachment; filename="{safe}"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    Upload.objects.filter(pk=upload.pk).update(file_name=name)  # as an older version has kept it
    upload.refresh_from_db()
    assert files.response(upload)["Content-Disposition"].endswith('.pdf"')


KINDS = [kind.name for kind in question_types.all_types()]
EVERY = [
    (kind, {"label": kind, "required": False} | ({"choices": "One\nTwo"} if kind.startswith("choice") else {}))
    for kind in KINDS
]
NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["\x00", "9" * 400, "1e999999", "NaN", "-Infinity", "9999-99-99", "0001-01-01", "//", "+", "٣"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(NASTY, min_size=len(KINDS), max_size=len(KINDS)))
def test_no_input_gives_a_server_error(form_page: ApplicationFormPage, settings: Any, values: list[str]) -> None:
    settings.COP_RATE_LIMIT_ADDRESS = 0
    if form_page.current_version().number == 1:  # type: ignore[union-attr]
        factories.publish(form_page, [*factories.APPLICATION, *EVERY])
    client = Client()
    data = {kind: value for (kind, _), value in zip(EVERY, values, strict=True)}
    data |= {"text": values[0], "email_2": values[1], "paper_kept": values[2], "file_kept": values[3]}
    try:
        response = send(client, form_page, values[4], **data)
    except UnicodeEncodeError:  # the test client itself can't send a lone surrogate
        return
    assert response.status_code in {409, 422, 302}


def test_editors_cannot_publish_an_application_form_without_an_email(form_page: ApplicationFormPage) -> None:
    form_page.questions = form_page.questions.stream_block.to_python(factories.stream(factories.APPLICATION[:1]))
    with pytest.raises(ValidationError, match="Email"):
        form_page.full_clean()


def test_missing_answers_say_how_to_fix_them(client: Client, form_page: ApplicationFormPage) -> None:
    response = send(client, form_page, opened(client, form_page), your_name="", email="", size="", hopes="")
    assert response.status_code == 422
    assert "This field is required" not in response.text
    for sentence in ("Enter your name.", "Enter your email address.", "Choose an option."):
        assert sentence in response.text


def test_forms_offer_the_time_zone_of_their_deadline(client: Client, form_page: ApplicationFormPage) -> None:
    client.cookies["cop_zone"] = "Australia/Perth"
    html = client.get(form_page.url).text
    assert "data-zone-form" in html
    assert '<option value="Australia/Perth"' in html
